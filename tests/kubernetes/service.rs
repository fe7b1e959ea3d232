//! An address that stays while code servers come and go, as a Kubernetes Service is.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// An address that leads to the code server of the moment: new connections go to the newest, those that are
/// there stay until their server ends.
pub struct Service {
    pub port: u16,
    backend: Arc<Mutex<u16>>,
}

impl Service {
    pub fn to(backend: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let backend = Arc::new(Mutex::new(backend));
        let current = Arc::clone(&backend);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let backend = *current.lock().unwrap();
                if let Ok(server) = TcpStream::connect(("127.0.0.1", backend)) {
                    pass_on(client.try_clone().unwrap(), server.try_clone().unwrap());
                    pass_on(server, client);
                }
            }
        });
        Self { port, backend }
    }

    pub fn lead_to(&self, backend: u16) {
        *self.backend.lock().unwrap() = backend;
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        std::io::copy(&mut from, &mut to).ok();
        from.shutdown(Shutdown::Both).ok();
        to.shutdown(Shutdown::Both).ok();
    });
}
