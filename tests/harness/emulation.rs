//! What a browser is told of its person and its screen, by Chromium's own protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>).

use serde_json::{Value, json};

use crate::browser::Browser;

impl Browser {
    /// Tells the page what the person prefers: `dark` for `prefers-color-scheme`.
    pub async fn prefers(&self, feature: &str, value: &str) {
        let features = json!([{ "name": feature, "value": value }]);
        self.commands(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Shows the page in a few colours of the person's own, light on dark.
    pub async fn forces_colors(&self) {
        let features = json!([
            { "name": "forced-colors", "value": "active" },
            { "name": "prefers-color-scheme", "value": "dark" },
        ]);
        let media = json!({ "features": features });
        self.commands("Emulation.setEmulatedMedia", media).await;
    }

    /// Lets scripts look into all that pages to come close to them, so that axe-core can, too.
    pub async fn opens_shadows(&self) {
        let source = "const attach = Element.prototype.attachShadow;
            Element.prototype.attachShadow = function () { return attach.call(this, { mode: 'open' }); };";
        let script = json!({ "source": source });
        self.commands("Page.addScriptToEvaluateOnNewDocument", script)
            .await;
    }

    /// Shows the page as it is printed.
    pub async fn shows_print(&self) {
        self.commands("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
    }

    /// Gives the page a screen so many pixels wide.
    pub async fn is_wide(&self, pixels: u32) {
        let screen =
            json!({ "width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.commands("Emulation.setDeviceMetricsOverride", screen)
            .await;
    }

    /// Runs no script of the pages to come.
    pub async fn runs_no_script(&self) {
        self.commands(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    }

    /// What was copied last.
    pub async fn clipboard(&self) -> String {
        let permission =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.commands("Browser.grantPermissions", permission).await;
        let text = self.evaluate("navigator.clipboard.readText()").await;
        text.as_str().expect("text was copied").to_owned()
    }

    async fn commands(&self, command: &str, parameters: Value) {
        let command = json!({ "cmd": command, "params": parameters });
        self.asks("goog/cdp/execute", command).await;
    }
}
