//! Listening on an address, also on a machine without IPv6.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use rustix::io::Errno;
use tokio::net::TcpListener;

/// Listens on the address. `[::]` takes IPv4, too, and is `0.0.0.0` where the kernel has no IPv6.
///
/// # Errors
/// When the address can't be listened on.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error) => match without_ipv6(address, &error) {
            Some(address) => TcpListener::bind(address).await,
            None => Err(error),
        },
        listening => listening,
    }
}

/// The same address for IPv4 alone, where the kernel has no IPv6 and any address is to be listened on.
fn without_ipv6(address: SocketAddr, error: &io::Error) -> Option<SocketAddr> {
    let has_none = error.raw_os_error() == Some(Errno::AFNOSUPPORT.raw_os_error());
    (has_none && address.ip() == Ipv6Addr::UNSPECIFIED)
        .then(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port())))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn any_address_takes_ipv4() {
        let listener = bind("[::]:0".parse().unwrap()).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    }

    #[rstest::rstest]
    #[case("[::]:8080", Errno::AFNOSUPPORT, Some("0.0.0.0:8080"))]
    #[case("[::]:8080", Errno::ADDRINUSE, None)]
    #[case("[::1]:8080", Errno::AFNOSUPPORT, None)]
    #[case("0.0.0.0:8080", Errno::AFNOSUPPORT, None)]
    fn ipv4_stands_in_only_where_there_is_no_ipv6(
        #[case] address: &str,
        #[case] error: Errno,
        #[case] instead: Option<&str>,
    ) {
        let instead = instead.map(|address| address.parse().unwrap());
        assert_eq!(without_ipv6(address.parse().unwrap(), &error.into()), instead);
    }
}
