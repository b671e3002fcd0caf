//! Who somebody is: passwords, tokens, throttles and the keys they rest on.
