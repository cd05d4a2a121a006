//! What a browser is told of its person and its screen, by Chromium's own protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>).

use serde_json::{Value, json};

use crate::browser::Browser;

impl Browser {
    /// Tells the page what the person prefers: `dark` for `prefers-color-scheme`.
    pub async fn set_media_feature(&self, feature: &str, value: &str) {
        let features = json!([{ "name": feature, "value": value }]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Shows the page in a few colours of the person's own, light on dark.
    pub async fn force_colors(&self) {
        let features = json!([
            { "name": "forced-colors", "value": "active" },
            { "name": "prefers-color-scheme", "value": "dark" },
        ]);
        let media = json!({ "features": features });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// Lets scripts look into all that pages to come close to them, so that axe-core can, too.
    pub async fn open_shadow_roots(&self) {
        let source = "const attach = Element.prototype.attachShadow;
            Element.prototype.attachShadow = function () { return attach.call(this, { mode: 'open' }); };";
        let script = json!({ "source": source });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script)
            .await;
    }

    /// Shows the page as it is printed.
    pub async fn emulate_print(&self) {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
    }

    /// Gives the page a screen so many pixels wide.
    pub async fn set_width(&self, pixels: u32) {
        let screen =
            json!({ "width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", screen)
            .await;
    }

    /// Runs no script of the pages to come.
    pub async fn disable_scripts(&self) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    }

    /// What was copied last.
    pub async fn clipboard(&self) -> String {
        let permission =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.devtools("Browser.grantPermissions", permission).await;
        let text = self.evaluate("navigator.clipboard.readText()").await;
        text.as_str().expect("text was copied").to_owned()
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        let command = json!({ "cmd": command, "params": parameters });
        self.command("goog/cdp/execute", command).await;
    }
}
