//! The organization as a file and as GitHub has it: strict peribolos.yaml, rendering, dump.
