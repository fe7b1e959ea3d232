//! Makes sure that `web/dist` exists, so that the server builds without the web UI: the page then
//! says how to build it.

use std::{env, fs, path::PathBuf};

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Rondel</title></head>
<body style="font-family: system-ui; margin: 4rem auto; max-width: 40rem">
<h1>Rondel is running</h1>
<p>This binary was built without its web UI. The GraphQL API is at
<a href="__PATH_PREFIX__/graphql">__PATH_PREFIX__/graphql</a>.</p>
<p>To have the UI: <code>cd web &amp;&amp; npm ci &amp;&amp; npm run build</code>, then build the
binary again.</p>
</body>
</html>
"#;

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| ".".to_owned()));
    let dist = root.join("../../web/dist");
    let index = dist.join("index.html");
    if !index.exists() {
        fs::create_dir_all(&dist)?;
        fs::write(&index, PAGE)?;
    }
    println!("cargo::rerun-if-changed=../../web/dist");
    Ok(())
}
