//! Accounts that may do what their roles grant and nothing else, as Kubernetes' RBAC decides it.

use serde_json::Value;

use crate::api::ApiError;
use crate::resources::Resource;

/// Somebody who is not the administrator.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) grants: Vec<Grant>,
}

/// The rules of a role, where they are bound.
#[derive(Debug)]
pub(crate) struct Grant {
    /// The namespace; all of them, and what belongs to none, when absent.
    pub(crate) namespace: Option<String>,
    /// As in a Role.
    pub(crate) rules: Vec<Value>,
}

/// What a request is about.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) verb: &'static str,
    pub(crate) resource: &'a Resource,
    pub(crate) subresource: Option<&'a str>,
    pub(crate) namespace: &'a str,
    pub(crate) name: Option<&'a str>,
}

impl Request<'_> {
    fn resource(&self) -> String {
        match self.subresource {
            Some(part) => format!("{}/{part}", self.resource.plural),
            None => self.resource.plural.clone(),
        }
    }

    fn is_granted_by(&self, rule: &Value) -> bool {
        let names = |key: &str, wanted: &str| {
            let listed = rule[key].as_array().into_iter().flatten();
            listed.into_iter().any(|one| one == wanted || one == "*")
        };
        let is_named = rule["resourceNames"].is_null()
            || self.name.is_some_and(|name| names("resourceNames", name));
        names("apiGroups", &self.resource.group)
            && names("resources", &self.resource())
            && names("verbs", self.verb)
            && is_named
    }
}

impl Account {
    /// Refuses what no role grants, in the words of a real API server.
    pub(crate) fn check(&self, request: &Request<'_>) -> Result<(), ApiError> {
        let is_granted = self
            .grants
            .iter()
            .filter(|grant| grant.namespace.as_deref().is_none_or(|at| at == request.namespace))
            .any(|grant| grant.rules.iter().any(|rule| request.is_granted_by(rule)));
        if is_granted {
            return Ok(());
        }
        let place = match request.namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let message = format!(
            "{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {place}",
            request.resource.id(),
            self.name,
            request.verb,
            request.resource(),
            request.resource.group,
        );
        Err(ApiError::new(403, "Forbidden", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::built_in;
    use serde_json::json;

    fn is_allowed(verb: &'static str, resource: &str, namespace: &str) -> bool {
        let rule = json!({"apiGroups": ["batch", ""], "resources": ["jobs", "pods/log"], "verbs": ["get", "list"]});
        let named = json!({"apiGroups": [""], "resources": ["pods"], "verbs": ["*"], "resourceNames": ["ours"]});
        let account = Account {
            name: "runs".to_owned(),
            grants: vec![Grant { namespace: Some("data".to_owned()), rules: vec![rule, named] }],
        };
        let (plural, subresource) = match resource.split_once('/') {
            Some((plural, part)) => (plural, Some(part)),
            None => (resource, None),
        };
        let known = built_in().into_iter().find(|known| known.plural == plural).unwrap();
        let name = Some("theirs");
        let request = Request { verb, resource: &known, subresource, namespace, name };
        account.check(&request).is_ok()
    }

    #[test]
    fn only_what_is_granted_may_be_done() {
        assert!(is_allowed("get", "jobs", "data"));
        assert!(is_allowed("get", "pods/log", "data"));
        for (verb, resource, namespace) in [
            ("create", "jobs", "data"),
            ("get", "jobs", "elsewhere"),
            ("list", "jobs", ""),
            ("get", "jobs/status", "data"),
            ("get", "pods", "data"),
            ("list", "services", "data"),
        ] {
            assert!(!is_allowed(verb, resource, namespace), "{verb} {resource} {namespace}");
        }
    }
}
