use super::*;
use rstest::rstest;
use serde_json::json;

fn environment(directory: &Path) -> Environment {
    let variables = [("HOME", "/home/me"), ("MODULE", "from.env"), ("PORT", "4266")]
        .map(|(k, v)| (k.into(), v.into()));
    Environment { directory: directory.to_owned(), variables: variables.into() }
}

fn yaml(text: &str) -> Result<Vec<LocationTarget>, WorkspaceConfigError> {
    workspace_yaml::parse(text, "workspace.yaml", &environment(Path::new("/proj")))
}

fn one(text: &str) -> LocationTarget {
    let mut all = yaml(text).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn python(location: &LocationTarget) -> &PythonTarget {
    match &location.source {
        LocationSource::Python(target) => target,
        LocationSource::Server(_) => panic!("python expected"),
    }
}

#[test]
fn a_file_given_as_text_has_no_working_directory() {
    let location = one("load_from: [{python_file: defs/a.py}]");
    assert_eq!(location.name, "a.py");
    assert_eq!(python(&location).python_file.as_deref(), Some("/proj/defs/a.py"));
    assert_eq!(python(&location).working_directory, None);
}

#[test]
fn a_file_given_as_mapping_gets_the_directory_dagster_computes_trailing_slash_included() {
    let location = one("load_from: [{python_file: {relative_path: a.py, attribute: defs}}]");
    assert_eq!(location.name, "a.py:defs");
    assert_eq!(python(&location).working_directory.as_deref(), Some("/proj/"));
}

#[test]
fn sources_take_environment_variables_and_executables_expand_home() {
    let location = one(
        "load_from:\n- python_module:\n    module_name: {env: MODULE}\n    executable_path: ~/bin/python\n",
    );
    assert_eq!(location.name, "from.env");
    assert_eq!(python(&location).executable_path.as_deref(), Some("/home/me/bin/python"));
}

#[test]
fn a_server_is_named_after_its_address() {
    let location = one("load_from: [{grpc_server: {port: {env: PORT}, ssl: yes}}]");
    assert_eq!(location.name, "grpc:localhost:4266");
    let LocationSource::Server(server) = &location.source else { panic!("server") };
    assert_eq!((server.port, server.use_ssl), (Some(4266), Some(true)));
}

#[rstest]
#[case::unknown_source("load_from:\n  - python_file: a.py\n  - pythn_file: b.py\n", 3, &["pythn_file", "did you mean `python_file`"])]
#[case::unknown_field("load_from:\n  - python_file:\n      relativ_path: a.py\n", 3, &["relativ_path", "load_from[0].python_file", "relative_path"])]
#[case::unknown_top("load_form: []\n", 1, &["load_form", "load_from"])]
#[case::missing_field("load_from:\n  - python_module:\n      attribute: x\n", 3, &["module_name"])]
#[case::no_address("load_from:\n  - grpc_server:\n      host: x\n", 3, &["port", "socket"])]
#[case::port_is_text("load_from:\n  - grpc_server:\n      port: abc\n", 3, &["port", "the string"])]
#[case::number_as_name("load_from:\n- python_file:\n    relative_path: a.py\n    location_name: 12\n", 4, &["location_name", "quote"])]
#[case::unset_variable("load_from:\n- python_file:\n    relative_path: {env: NOPE}\n", 3, &["NOPE", "not set"])]
#[case::two_sources("load_from:\n- python_file: a.py\n  python_module: b\n", 2, &["exactly one"])]
#[case::same_name("load_from:\n- python_file: x/a.py\n- python_file: y/a.py\n", 3, &["a.py", "location_name"])]
#[case::not_a_list("load_from: 3\n", 1, &["list"])]
#[case::not_yaml("load_from:\n\t- a\n", 2, &["YAML"])]
fn a_wrong_file_is_refused_with_line_key_and_remedy(
    #[case] text: &str,
    #[case] expected_line: usize,
    #[case] words: &[&str],
) {
    let error = yaml(text).unwrap_err();
    let said = error.to_string();
    let WorkspaceConfigError::Invalid { file, line, .. } = error else { panic!("{said}") };
    assert_eq!(file, Path::new("/proj/workspace.yaml"));
    assert_eq!(line, expected_line, "{said}");
    for word in words {
        assert!(said.contains(word), "{word} not in: {said}");
    }
}

#[test]
fn an_empty_file_says_what_belongs_into_it() {
    assert!(yaml("").unwrap_err().to_string().contains("load_from"));
}

#[test]
fn flags_give_one_location_per_file_with_the_current_directory() {
    let flags = WorkspaceFlags {
        python_file: vec!["a.py".into(), "sub/b.py".into()],
        ..WorkspaceFlags::default()
    };
    let config = WorkspaceConfig::from_flags(&flags, environment(Path::new("/proj"))).unwrap();
    let locations = config.locations().unwrap();
    assert_eq!(locations.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["a.py", "b.py"]);
    assert_eq!(python(&locations[1]).python_file.as_deref(), Some("sub/b.py"));
    assert_eq!(python(&locations[1]).working_directory.as_deref(), Some("/proj"));
}

#[rstest]
#[case(WorkspaceFlags { python_file: vec!["a.py".into()], module_name: vec!["m".into()], ..WorkspaceFlags::default() }, "do not go together")]
#[case(WorkspaceFlags { python_file: vec!["a.py".into(), "b.py".into()], attribute: Some("defs".into()), ..WorkspaceFlags::default() }, "one attribute")]
#[case(WorkspaceFlags { attribute: Some("defs".into()), ..WorkspaceFlags::default() }, "what to load")]
#[case(WorkspaceFlags::default(), "nothing to load")]
fn contradicting_or_missing_flags_are_explained(
    #[case] flags: WorkspaceFlags,
    #[case] words: &str,
) {
    let directory = tempfile::tempdir().unwrap();
    let error = WorkspaceConfig::from_flags(&flags, environment(directory.path())).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
}

#[rstest]
#[case(
    "[tool.dagster]\nmodule_name = \"pkg.defs\"\ncode_location_name = \"loc\"\n",
    "loc",
    Some("pkg.defs"),
    None
)]
#[case(
    "[tool.dagster]\nmodules = [{type = \"module\", name = \"a\"}, {type = \"other\", name = \"b\"}]\n",
    "a",
    Some("a"),
    None
)]
#[case(
    "[tool.dg.project]\nroot_module = \"proj\"\n",
    "proj.definitions",
    Some("proj.definitions"),
    None
)]
#[case(
    "[tool.dg.project]\nroot_module = \"proj\"\nautoload_defs = true\n",
    "proj.defs",
    None,
    Some("proj.defs")
)]
fn pyproject_names_modules_as_dagster_reads_them(
    #[case] text: &str,
    #[case] name: &str,
    #[case] module: Option<&str>,
    #[case] autoload: Option<&str>,
) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("pyproject.toml"), text).unwrap();
    let env = environment(directory.path());
    let config = WorkspaceConfig::from_flags(&WorkspaceFlags::default(), env).unwrap();
    let locations = config.locations().unwrap();
    assert_eq!(locations.len(), 1);
    assert_eq!(locations[0].name, name);
    assert_eq!(python(&locations[0]).module_name.as_deref(), module);
    assert_eq!(python(&locations[0]).autoload_defs_module_name.as_deref(), autoload);
}

#[test]
fn a_later_workspace_file_replaces_same_named_locations_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("a.yaml"), "load_from: [{python_module: one}, {python_module: two}]")
        .unwrap();
    std::fs::write(
        path("b.yaml"),
        "load_from: [{python_module: {module_name: three, location_name: one}}]",
    )
    .unwrap();
    let flags = WorkspaceFlags {
        workspace: vec![path("a.yaml"), path("b.yaml")],
        ..WorkspaceFlags::default()
    };
    let config = WorkspaceConfig::from_flags(&flags, environment(directory.path())).unwrap();
    let locations = config.locations().unwrap();
    assert_eq!(locations.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(python(&locations[0]).module_name.as_deref(), Some("three"));
}

#[test]
fn code_servers_name_an_address_or_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("servers.json");
    let text = json!({"a": {"host": "h", "port": 1, "socket": null}, "b": {"socket": "/s", "port": null},
        "c": {"error": {"message": "boom", "stack": ["x"], "cls_name": "E"}}});
    std::fs::write(&file, text.to_string()).unwrap();
    let servers = CodeServers::read(&file).unwrap().0;
    assert_eq!(servers["a"], ServedElsewhere::Tcp { host: "h".into(), port: 1 });
    assert_eq!(servers["b"], ServedElsewhere::Socket("/s".into()));
    assert!(matches!(&servers["c"], ServedElsewhere::Failed { message, .. } if message == "boom"));
}
