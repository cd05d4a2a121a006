//! Emulation of user preferences and screens, by Chromium's own protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>).

use serde_json::{Value, json};

use crate::browser::Browser;

impl Browser {
    /// Sets a media feature, for example `prefers-color-scheme` to `dark`.
    pub async fn set_media_feature(&self, feature: &str, value: &str) {
        let features = json!([{ "name": feature, "value": value }]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Forces the colors of a user's dark theme on pages.
    pub async fn force_colors(&self) {
        let features = json!([
            { "name": "forced-colors", "value": "active" },
            { "name": "prefers-color-scheme", "value": "dark" },
        ]);
        let media = json!({ "features": features });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// Makes closed shadow roots of later pages open, so that axe-core can look into them.
    pub async fn open_shadow_roots(&self) {
        let source = "const attach = Element.prototype.attachShadow;
            Element.prototype.attachShadow = function () { return attach.call(this, { mode: 'open' }); };";
        let script = json!({ "source": source });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script)
            .await;
    }

    /// Shows the page as it would be printed.
    pub async fn emulate_print(&self) {
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
    }

    /// Sets the screen's width in pixels.
    pub async fn set_width(&self, pixels: u32) {
        let screen =
            json!({ "width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", screen)
            .await;
    }

    /// Runs no scripts of later pages.
    pub async fn disable_scripts(&self) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    }

    /// Returns the text in the clipboard.
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
