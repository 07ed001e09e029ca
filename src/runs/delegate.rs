//! Methods of the view, offered by the owned mask as well.

/// Gives `MaskRuns` methods of `MaskView`, each by its signature alone.
macro_rules! delegate_to_view {
    (
        $(
            $name:ident$(<$($parameter:ident: $bound:path),+>)?
            ($($argument:ident: $type:ty),*) -> $output:ty;
        )*
    ) => {
        impl MaskRuns {
            $(
                #[doc = concat!(
                    "[`MaskView::", stringify!($name), "`](crate::MaskView::", stringify!($name),
                    ") of this mask."
                )]
                pub fn $name$(<$($parameter: $bound),+>)?(&self, $($argument: $type),*) -> $output {
                    self.view().$name($($argument),*)
                }
            )*
        }
    };
}

pub(crate) use delegate_to_view;
