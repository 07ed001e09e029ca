//! Device-resident masks, and the work that a GPU is given for a stack. Ignored without an
//! adapter.

mod buffers;
mod commands;
#[path = "../support/gpu.rs"]
mod gpu;
mod masks;
mod resampled;
mod shared;
mod strings;
#[path = "../support/mod.rs"]
mod support;
mod waits;
mod work;

use std::sync::Arc;

use maskrle::Encoder;

use shared::Shared;

fn main() {
    gpu::run(
        "device",
        open,
        [
            ("every_type_and_predicate", masks::every_type_and_predicate),
            (
                "any_strides_and_offsets_are_read",
                masks::any_strides_and_offsets_are_read,
            ),
            ("many_sizes_are_encoded", masks::many_sizes_are_encoded),
            (
                "dense_labels_are_read_back_in_ranges",
                masks::dense_labels_are_read_back_in_ranges,
            ),
            (
                "a_stack_in_several_chunks_keeps_its_order",
                masks::a_stack_in_several_chunks_keeps_its_order,
            ),
            (
                "masks_are_recorded_into_the_callers_commands",
                commands::masks_are_recorded_into_the_callers_commands,
            ),
            (
                "pending_runs_are_awaited",
                commands::pending_runs_are_awaited,
            ),
            (
                "commands_never_submitted_are_an_error",
                commands::commands_never_submitted_are_an_error,
            ),
            (
                "a_few_bytes_at_the_end_of_a_buffer_are_read",
                masks::a_few_bytes_at_the_end_of_a_buffer_are_read,
            ),
            (
                "any_place_in_a_buffer_of_any_size_is_read",
                masks::any_place_in_a_buffer_of_any_size_is_read,
            ),
            (
                "dense_masks_become_strings",
                masks::dense_masks_become_strings,
            ),
            (
                "sparse_masks_take_three_passes_more",
                strings::sparse_masks_take_three_passes_more,
            ),
            (
                "strings_beyond_their_room_are_made_of_starts",
                strings::strings_beyond_their_room_are_made_of_starts,
            ),
            (
                "strings_of_long_numbers_are_not_tried_each_time",
                strings::strings_of_long_numbers_are_not_tried_each_time,
            ),
            (
                "masks_of_few_runs_become_strings",
                strings::masks_of_few_runs_become_strings,
            ),
            (
                "strings_of_many_chunks_keep_to_the_memory",
                strings::strings_of_many_chunks_keep_to_the_memory,
            ),
            (
                "resampled_masks_become_strings",
                strings::resampled_masks_become_strings,
            ),
            (
                "masks_without_pixels_have_strings",
                strings::masks_without_pixels_have_strings,
            ),
            (
                "wrong_buffers_are_errors",
                buffers::wrong_buffers_are_errors,
            ),
            (
                "a_refused_submission_is_an_error",
                commands::a_refused_submission_is_an_error,
            ),
            ("a_callback_may_encode", commands::a_callback_may_encode),
            (
                "a_lost_device_is_an_error",
                commands::a_lost_device_is_an_error,
            ),
            (
                "a_wait_is_for_its_own_commands_alone",
                waits::a_wait_is_for_its_own_commands_alone,
            ),
            ("a_wait_holds_no_lock", waits::a_wait_holds_no_lock),
            (
                "a_callback_that_is_late_loses_nothing",
                waits::a_callback_that_is_late_loses_nothing,
            ),
            (
                "dropped_commands_are_an_error_at_once",
                waits::dropped_commands_are_an_error_at_once,
            ),
            #[cfg(feature = "rayon")]
            (
                "a_pool_that_waits_is_not_waited_for",
                waits::a_pool_that_waits_is_not_waited_for,
            ),
            (
                "many_threads_record_and_wait",
                waits::many_threads_record_and_wait,
            ),
            (
                "scratch_does_not_grow_with_a_stack_on_the_device",
                work::scratch_does_not_grow_with_a_stack_on_the_device,
            ),
            (
                "recorded_chunks_share_the_room_for_starts",
                work::recorded_chunks_share_the_room_for_starts,
            ),
            (
                "unexpected_starts_of_recorded_chunks_are_made_again",
                work::unexpected_starts_of_recorded_chunks_are_made_again,
            ),
            (
                "passes_are_timed_where_it_is_asked_for",
                work::passes_are_timed_where_it_is_asked_for,
            ),
            (
                "work_does_not_grow_with_the_masks",
                work::work_does_not_grow_with_the_masks,
            ),
            (
                "work_on_the_device_is_as_much",
                work::work_on_the_device_is_as_much,
            ),
            (
                "groups_are_kept_while_the_buffers_are_the_same",
                work::groups_are_kept_while_the_buffers_are_the_same,
            ),
            (
                "a_large_stack_goes_in_chunks_that_overlap",
                work::a_large_stack_goes_in_chunks_that_overlap,
            ),
            (
                "resized_masks_have_the_pixels_of_the_formula",
                resampled::resized_masks_have_the_pixels_of_the_formula,
            ),
            (
                "resized_masks_of_any_strides",
                resampled::resized_masks_of_any_strides,
            ),
            (
                "pasted_masks_have_the_pixels_of_the_formula",
                resampled::pasted_masks_have_the_pixels_of_the_formula,
            ),
            (
                "resampled_masks_go_with_others_in_chunks",
                resampled::resampled_masks_go_with_others_in_chunks,
            ),
            (
                "resampled_masks_take_one_submit_and_one_wait",
                resampled::resampled_masks_take_one_submit_and_one_wait,
            ),
            (
                "other_resampled_masks_go_to_the_cpu",
                resampled::other_resampled_masks_go_to_the_cpu,
            ),
            (
                "wrong_resampling_is_an_error",
                resampled::wrong_resampling_is_an_error,
            ),
        ],
    )
}

fn open() -> Result<Arc<Shared>, String> {
    let (device, queue) = gpu::device()?;
    let encoder = Encoder::with_device(device.clone(), queue.clone());
    Ok(Arc::new(Shared {
        device,
        queue,
        encoder: encoder.map_err(|error| error.to_string())?,
    }))
}
