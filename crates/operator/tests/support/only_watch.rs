//! The runs' watch without their controller.

use std::sync::Arc;

use futures::StreamExt;
use kube::runtime::controller::Action;
use peribolos_api::PeribolosRun;
use tokio_util::sync::CancellationToken;

/// Fills a controller's store without reconciling anything.
pub async fn only_watch(controller: kube::runtime::Controller<PeribolosRun>, stop: CancellationToken) {
    let nothing = |_: Arc<PeribolosRun>, _: Arc<()>| async {
        Ok::<_, std::convert::Infallible>(Action::await_change())
    };
    let no_error = |_: Arc<PeribolosRun>, _: &std::convert::Infallible, _: Arc<()>| Action::await_change();
    let stream = controller.graceful_shutdown_on(stop.cancelled_owned()).run(nothing, no_error, Arc::new(()));
    stream.for_each(|_| std::future::ready(())).await;
}
