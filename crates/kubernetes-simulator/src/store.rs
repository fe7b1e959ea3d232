//! The objects and their history: what etcd and the generic part of an API server do.
//!
//! Every write gets the next resource version and one entry of history; a watch reads the history from
//! its version on. Old history is dropped, and a watch that asks for it is told so (410), as in a real
//! cluster. Deletion honours finalizers, grace periods of pods and owner references.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::api::ApiError;
use crate::resources::{self, Resource};
use crate::selectors::Selector;

/// Entries of history that are kept.
const HISTORY: usize = 20_000;

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// [`Resource::id`].
    pub resource: String,
    /// Empty where there is none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Key {
    /// The key of an object.
    pub fn new(resource: &str, namespace: &str, name: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// What becomes of objects owned by a deleted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted too.
    Background,
    /// They stay, without an owner.
    Orphan,
}

/// Which part of an object a write is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All but the status.
    Main,
    /// The status only.
    Status,
    /// Everything: for controllers.
    Whole,
}

#[derive(Debug, Clone)]
struct Entry {
    version: u64,
    resource: String,
    namespace: String,
    before: Option<Arc<Value>>,
    after: Option<Arc<Value>>,
}

#[derive(Debug, Default)]
struct Inner {
    objects: BTreeMap<Key, Arc<Value>>,
    resources: Vec<Resource>,
    version: u64,
    history: VecDeque<Entry>,
    /// The newest version whose history is gone.
    compacted: u64,
}

/// The objects of a cluster.
#[derive(Debug)]
pub struct Store {
    inner: Mutex<Inner>,
    changed: watch::Sender<u64>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let inner = Inner { resources: resources::built_in(), version: 1, ..Inner::default() };
        Self { inner: Mutex::new(inner), changed: watch::Sender::new(1) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let result = change(&mut inner);
        let version = inner.version;
        drop(inner);
        self.changed.send_if_modified(|seen| std::mem::replace(seen, version) != version);
        result
    }

    /// A channel that changes with every write.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The kinds that are served now, custom ones included.
    pub fn resources(&self) -> Vec<Resource> {
        self.lock().resources.clone()
    }

    /// Forgets all history: the next watch from an older version is told that it is gone.
    pub fn compact(&self) {
        let mut inner = self.lock();
        inner.compacted = inner.version;
        inner.history.clear();
    }

    /// An object.
    pub fn get(&self, resource: &str, namespace: &str, name: &str) -> Option<Value> {
        let key = Key::new(resource, namespace, name);
        self.lock().objects.get(&key).map(|object| (**object).clone())
    }

    /// All objects of a kind, of one namespace unless that is empty.
    pub fn list(&self, resource: &str, namespace: &str) -> Vec<Value> {
        let (objects, _) = self.select(resource, namespace, &Selector::default());
        objects.iter().map(|object| (**object).clone()).collect()
    }

    pub(crate) fn select(
        &self,
        resource: &str,
        namespace: &str,
        selector: &Selector,
    ) -> (Vec<Arc<Value>>, u64) {
        let inner = self.lock();
        let from = Key::new(resource, namespace, "");
        let selected = inner
            .objects
            .range(from..)
            .take_while(|(key, _)| key.resource == resource)
            .take_while(|(key, _)| namespace.is_empty() || key.namespace == namespace)
            .filter(|(_, object)| selector.matches(object))
            .map(|(_, object)| Arc::clone(object))
            .collect();
        (selected, inner.version)
    }

    /// The watch events after `version`, with the version they reach to. `None` when that history is
    /// gone.
    pub(crate) fn events_since(
        &self,
        resource: &str,
        namespace: &str,
        selector: &Selector,
        version: u64,
    ) -> Option<(Vec<Value>, u64)> {
        let inner = self.lock();
        if version < inner.compacted {
            return None;
        }
        let from = inner.history.partition_point(|entry| entry.version <= version);
        let events = inner
            .history
            .range(from..)
            .filter(|entry| entry.resource == resource)
            .filter(|entry| namespace.is_empty() || entry.namespace == namespace)
            .filter_map(|entry| watch_event(entry, selector))
            .collect();
        Some((events, inner.version))
    }

    /// Deletes what belongs to objects that are gone: made by somebody who had not heard of it yet.
    pub(crate) fn collect_garbage(&self) {
        let garbage = self.lock().garbage();
        for key in garbage {
            // gone already is fine
            let _ = self.write(|inner| inner.delete(&key, Propagation::Background, None));
        }
    }

    /// Creates an object and returns it as stored.
    pub fn create(
        &self,
        resource: &Resource,
        namespace: &str,
        object: Value,
    ) -> Result<Value, ApiError> {
        self.write(|inner| inner.create(resource, namespace, object))
    }

    /// Changes an object; `None` when there is none.
    pub fn edit(
        &self,
        resource: &str,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value),
    ) -> Option<Value> {
        let key = Key::new(resource, namespace, name);
        let change = |object: &mut Value| {
            change(object);
            Ok(())
        };
        self.update(&key, Part::Whole, change).ok()
    }

    pub(crate) fn update(
        &self,
        key: &Key,
        part: Part,
        change: impl FnOnce(&mut Value) -> Result<(), ApiError>,
    ) -> Result<Value, ApiError> {
        self.write(|inner| inner.update(key, part, change))
    }

    /// Deletes an object. One with finalizers, or a pod with a grace period, is only marked.
    pub fn delete(
        &self,
        resource: &str,
        namespace: &str,
        name: &str,
        propagation: Propagation,
        grace_seconds: Option<u64>,
    ) -> Result<Value, ApiError> {
        let key = Key::new(resource, namespace, name);
        self.write(|inner| inner.delete(&key, propagation, grace_seconds))
    }
}

impl Inner {
    fn garbage(&self) -> Vec<Key> {
        let uids = self.objects.values().filter_map(|it| it["metadata"]["uid"].as_str());
        let uids: HashSet<&str> = uids.collect();
        let is_there = |owner: &Value| owner["uid"].as_str().is_some_and(|uid| uids.contains(uid));
        let is_garbage = |object: &Value| {
            let owners = object["metadata"]["ownerReferences"].as_array();
            let is_orphan = owners.is_some_and(|all| !all.is_empty() && !all.iter().any(is_there));
            is_orphan && object["metadata"]["deletionTimestamp"].is_null()
        };
        let found = self.objects.iter().filter(|(_, object)| is_garbage(object));
        found.map(|(key, _)| key.clone()).collect()
    }

    fn record(&mut self, key: &Key, before: Option<Arc<Value>>, after: Option<Value>) {
        self.version += 1;
        let version = self.version;
        let stamp = |mut object: Value| {
            object["metadata"]["resourceVersion"] = version.to_string().into();
            Arc::new(object)
        };
        let after = after.map(stamp);
        // a deleted object is shown as it was, with the version of its deletion
        let shown = match (&after, &before) {
            (None, Some(before)) => Some(stamp((**before).clone())),
            _ => before,
        };
        match &after {
            Some(object) => drop(self.objects.insert(key.clone(), Arc::clone(object))),
            None => drop(self.objects.remove(key)),
        }
        self.history.push_back(Entry {
            version,
            resource: key.resource.clone(),
            namespace: key.namespace.clone(),
            before: shown,
            after,
        });
        if self.history.len() > HISTORY
            && let Some(dropped) = self.history.pop_front()
        {
            self.compacted = dropped.version;
        }
    }

    fn stored(&self, key: &Key) -> Result<Value, ApiError> {
        self.objects.get(key).map(|object| (**object).clone()).ok_or_else(|| not_found(key))
    }

    fn create(
        &mut self,
        resource: &Resource,
        namespace: &str,
        mut object: Value,
    ) -> Result<Value, ApiError> {
        let metadata = &mut object["metadata"];
        if metadata["name"].as_str().is_none_or(str::is_empty) {
            let Some(prefix) = metadata["generateName"].as_str() else {
                let reason = "name or generateName is required".to_owned();
                return Err(ApiError::new(422, "Invalid", reason));
            };
            metadata["name"] =
                format!("{prefix}{}", &uuid::Uuid::new_v4().simple().to_string()[..5]).into();
        }
        let name = metadata["name"].as_str().unwrap_or_default().to_owned();
        let key = Key::new(&resource.id(), namespace, &name);
        if self.objects.contains_key(&key) {
            let reason = format!("{} \"{name}\" already exists", key.resource);
            return Err(ApiError::new(409, "AlreadyExists", reason));
        }
        if resource.namespaced {
            metadata["namespace"] = namespace.into();
        }
        metadata["uid"] = uuid::Uuid::new_v4().to_string().into();
        metadata["creationTimestamp"] = timestamp().into();
        metadata["generation"] = 1.into();
        object["apiVersion"] = resource.api_version().into();
        object["kind"] = resource.kind.clone().into();
        if key.resource == "pods" {
            object["status"] = json!({"phase": "Pending"});
        }
        if key.resource == resources::DEFINITIONS {
            let Some(defined) = Resource::of_definition(&object) else {
                let reason = "the definition serves no version".to_owned();
                return Err(ApiError::new(422, "Invalid", reason));
            };
            self.resources.push(defined);
            object["status"] = json!({"conditions": [{"type": "Established", "status": "True"}]});
        }
        self.record(&key, None, Some(object));
        self.stored(&key)
    }

    fn update(
        &mut self,
        key: &Key,
        part: Part,
        change: impl FnOnce(&mut Value) -> Result<(), ApiError>,
    ) -> Result<Value, ApiError> {
        let before = self.objects.get(key).cloned().ok_or_else(|| not_found(key))?;
        let mut after = (*before).clone();
        change(&mut after)?;
        let expected = &after["metadata"]["resourceVersion"];
        if !expected.is_null() && *expected != before["metadata"]["resourceVersion"] {
            let reason = format!(
                "Operation cannot be fulfilled on {} \"{}\": the object has been modified; please apply \
                 your changes to the latest version and try again",
                key.resource, key.name
            );
            return Err(ApiError::new(409, "Conflict", reason));
        }
        match part {
            Part::Whole => {}
            Part::Main => restore(&mut after, &before, "status"),
            Part::Status => {
                let status = after["status"].take();
                after = (*before).clone();
                after["status"] = status;
            }
        }
        for fixed in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] {
            restore(&mut after["metadata"], &before["metadata"], fixed);
        }
        if after["spec"] != before["spec"] {
            let generation = before["metadata"]["generation"].as_i64().unwrap_or_default() + 1;
            after["metadata"]["generation"] = generation.into();
        }
        after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
        if after == *before {
            return Ok(after);
        }
        let released = !after["metadata"]["deletionTimestamp"].is_null()
            && key.resource != "pods"
            && finalizers(&after).is_empty();
        if released {
            self.remove(key, Propagation::Background);
            return Ok(after);
        }
        self.record(key, Some(before), Some(after));
        self.stored(key)
    }

    fn delete(
        &mut self,
        key: &Key,
        propagation: Propagation,
        grace_seconds: Option<u64>,
    ) -> Result<Value, ApiError> {
        let object = self.stored(key)?;
        let own_grace = object["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap_or(30);
        let grace = grace_seconds.unwrap_or(own_grace);
        let waits = !finalizers(&object).is_empty() || (key.resource == "pods" && grace > 0);
        if !waits {
            self.remove(key, propagation);
            return Ok(object);
        }
        if object["metadata"]["deletionTimestamp"].is_null() {
            let before = self.objects.get(key).cloned();
            let mut marked = object;
            marked["metadata"]["deletionTimestamp"] = timestamp().into();
            marked["metadata"]["deletionGracePeriodSeconds"] = grace.into();
            self.record(key, before, Some(marked));
        }
        self.stored(key)
    }

    /// Removes an object and settles what it owned.
    fn remove(&mut self, key: &Key, propagation: Propagation) {
        let Some(object) = self.objects.get(key).cloned() else { return };
        self.record(key, Some(Arc::clone(&object)), None);
        if key.resource == resources::DEFINITIONS
            && let Some(defined) = Resource::of_definition(&object)
        {
            self.resources.retain(|resource| *resource != defined);
        }
        let owned: Vec<Key> = self
            .objects
            .iter()
            .filter(|(_, dependent)| is_owned_by(dependent, &object["metadata"]["uid"]))
            .map(|(key, _)| key.clone())
            .collect();
        for dependent in owned {
            match propagation {
                Propagation::Background => drop(self.delete(&dependent, propagation, None)),
                Propagation::Orphan => {
                    let release = |object: &mut Value| {
                        if let Value::Object(metadata) = &mut object["metadata"] {
                            metadata.shift_remove("ownerReferences");
                        }
                        Ok(())
                    };
                    drop(self.update(&dependent, Part::Whole, release));
                }
            }
        }
    }
}

fn watch_event(entry: &Entry, selector: &Selector) -> Option<Value> {
    let selected = |object: &Option<Arc<Value>>| {
        object.as_ref().filter(|object| selector.matches(object)).cloned()
    };
    let (kind, object) = match (selected(&entry.before), selected(&entry.after)) {
        (None, None) => return None,
        (None, Some(after)) => ("ADDED", after),
        (Some(_), Some(after)) => ("MODIFIED", after),
        (Some(before), None) => ("DELETED", entry.after.clone().unwrap_or(before)),
    };
    Some(json!({"type": kind, "object": *object}))
}

fn restore(after: &mut Value, before: &Value, field: &str) {
    let Value::Object(after) = after else { return };
    match before.get(field) {
        Some(value) => drop(after.insert(field.to_owned(), value.clone())),
        None => drop(after.shift_remove(field)),
    }
}

pub(crate) fn is_owned_by(object: &Value, uid: &Value) -> bool {
    let owners = object["metadata"]["ownerReferences"].as_array();
    owners.is_some_and(|owners| owners.iter().any(|owner| owner["uid"] == *uid))
}

fn finalizers(object: &Value) -> &[Value] {
    object["metadata"]["finalizers"].as_array().map_or(&[], Vec::as_slice)
}

fn not_found(key: &Key) -> ApiError {
    let reason = format!("{} \"{}\" not found", key.resource, key.name);
    ApiError::new(404, "NotFound", reason)
}

/// Now, as the API writes times.
pub(crate) fn timestamp() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
