//! How a code server finds the definitions it serves.

use crate::serdes::Value;
use crate::{record, union};

record! {
    /// A function in a file.
    #[derive(Default)]
    pub struct FileCodePointer = "FileCodePointer" {
        python_file: String,
        fn_name: String,
        working_directory: Option<String>,
    }
}

record! {
    /// A function in a module.
    #[derive(Default)]
    pub struct ModuleCodePointer = "ModuleCodePointer" {
        module: String,
        fn_name: String,
        working_directory: Option<String>,
    }
}

record! {
    /// An attribute of a package.
    #[derive(Default)]
    pub struct PackageCodePointer = "PackageCodePointer" {
        module: String,
        attribute: String,
        working_directory: Option<String>,
    }
}

record! {
    /// All definitions found below a module.
    #[derive(Default)]
    pub struct AutoloadDefsModuleCodePointer = "AutoloadDefsModuleCodePointer" {
        module: String,
        working_directory: Option<String>,
    }
}

record! {
    /// Made by a user's function.
    #[derive(Default)]
    pub struct CustomPointer = "CustomPointer" {
        reconstructor_pointer: ModuleCodePointer,
        reconstructable_args: Vec<Value>,
        reconstructable_kwargs: Vec<Vec<Value>>,
    }
}

union! {
    /// How definitions are found.
    pub enum CodePointer {
        /// `FileCodePointer`
        File(FileCodePointer),
        /// `ModuleCodePointer`
        Module(ModuleCodePointer),
        /// `PackageCodePointer`
        Package(PackageCodePointer),
        /// `AutoloadDefsModuleCodePointer`
        AutoloadDefsModule(AutoloadDefsModuleCodePointer),
        /// `CustomPointer`
        Custom(CustomPointer),
    }
}
