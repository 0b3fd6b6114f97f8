//! Members and strangers propose changes; what is merged is applied.

use futures::future::LocalBoxFuture;

use super::{Missed, Story, Teller, file, of_an_installed_app};

pub const STORY: Story = of_an_installed_app("pull requests", tells);

fn tells<'a>(teller: &'a Teller<'a>) -> LocalBoxFuture<'a, Result<(), Missed>> {
    Box::pin(async {
        let (number, head) = teller.opens("eve", "stranger", &file("Eve", "carol")).await;
        teller.check_is(&head, "peribolos / preview", "action_required").await?;
        teller.rest().await?;
        teller.comments("carol", number, "/peribolos plan").await;
        teller.check_is(&head, "peribolos / preview", "success").await?;
        teller.rest().await?;
        teller.closes(number).await;

        let (number, head) = teller.opens("carol", "describe", &file("Rockets", "carol")).await;
        teller.check_is(&head, "peribolos / preview", "success").await?;
        teller.rest().await?;
        let head = teller.pushes("carol", "describe", "describe better", &file("Anvils", "carol")).await;
        teller.check_is(&head, "peribolos / preview", "success").await?;
        teller.rest().await?;
        let merge = teller.merges(number).await;
        teller.check_is(&merge, "peribolos", "success").await
    })
}
