//! The program's entry: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    peribolos_operator::cli::main()
}
