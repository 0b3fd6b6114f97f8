//! The connector: TCP with deadlines, TLS by rustls with the system's roots and those the platform team adds.

use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::config::GitHubConfig;
use crate::error::Error;

/// Connects to `http` and `https` URLs, with deadlines.
pub(crate) type Connector = TimeoutConnector<HttpsConnector<HttpConnector>>;

/// The connector that `config` asks for.
pub(crate) fn connector(config: &GitHubConfig) -> Result<Connector, Error> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Config(format!("TLS can't be set up: {error}")))?
        .with_root_certificates(roots(config)?)
        .with_no_client_auth();
    let https =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    let mut connector = TimeoutConnector::new(https);
    connector.set_connect_timeout(Some(config.timeouts.connect));
    connector.set_read_timeout(Some(config.timeouts.read));
    connector.set_write_timeout(Some(config.timeouts.write));
    // Without this a pooled connection counts its idle time against the next answer.
    connector.set_reset_reader_on_write(true);
    Ok(connector)
}

fn roots(config: &GitHubConfig) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    // A damaged certificate in the system's store is not this program's business; an empty store is, below.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = &config.extra_ca_pem {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate
                .map_err(|error| Error::Config(format!("the extra CA certificates are no PEM: {error}")))?;
            roots
                .add(certificate)
                .map_err(|error| Error::Config(format!("an extra CA certificate can't be used: {error}")))?;
        }
        if roots.len() == before {
            return Err(Error::Config("the file of extra CA certificates holds no certificate".to_owned()));
        }
    }
    if roots.is_empty() && config.api_url.scheme() == "https" {
        return Err(Error::Config(
            "no CA certificates were found: install the system's (ca-certificates) or give a file of them"
                .to_owned(),
        ));
    }
    Ok(roots)
}
