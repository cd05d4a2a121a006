//! The function `with(…)` of attribute routes, for each number of params and of inputs.

#![expect(
    clippy::too_many_arguments,
    reason = "a route takes as much of a request as it needs"
)]

use crate::app::{AttributeRoute, HasRoute, UrlParam};
use crate::testing::{Call, SendAs};

/// Implements `with` for the params of a pattern and for the inputs of a handler.
macro_rules! with_params_and_inputs {
    ($($Param:ident $param:ident),*; $($Input:ident $input:ident),*) => {
        #[doc(hidden)]
        impl<Marker: HasRoute, $($Param,)* $($Input,)* Output>
            AttributeRoute<Marker, ($($Param,)*), ($($Input,)*), Output>
        {
            pub fn with($($param: impl UrlParam<$Param>,)* $($input: impl SendAs<$Input>),*) -> Call<Output> {
                Call::new(Self::SHARED, &[$(&$param),*])$(.sending($input))*
            }
        }
    };
}

/// Implements `with` for the params of a pattern and up to six inputs.
macro_rules! with_params {
    ($($Param:ident $param:ident),*) => {
        with_params_and_inputs!($($Param $param),*;);
        with_params_and_inputs!($($Param $param),*; M input);
        with_params_and_inputs!($($Param $param),*; M input, N input_2);
        with_params_and_inputs!($($Param $param),*; M input, N input_2, O input_3);
        with_params_and_inputs!($($Param $param),*; M input, N input_2, O input_3, P input_4);
        with_params_and_inputs!($($Param $param),*; M input, N input_2, O input_3, P input_4, Q input_5);
        with_params_and_inputs!($($Param $param),*; M input, N input_2, O input_3, P input_4, Q input_5, R input_6);
    };
}

with_params!();
with_params!(A first);
with_params!(A first, B second);
with_params!(A first, B second, C third);
with_params!(A first, B second, C third, D fourth);
with_params!(A first, B second, C third, D fourth, E fifth);
with_params!(A first, B second, C third, D fourth, E fifth, F sixth);
with_params!(A first, B second, C third, D fourth, E fifth, F sixth, G seventh);
with_params!(A first, B second, C third, D fourth, E fifth, F sixth, G seventh, H eighth);
