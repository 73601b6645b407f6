// The extension's service worker: lets a press of the toolbar icon, or of its key, open the panel. The browser ends it
// whenever it likes, so it holds nothing: everything that matters happens in the panel.

function openOnPress() {
  chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true }).catch(console.error);
}

chrome.runtime.onInstalled.addListener(openOnPress);
chrome.runtime.onStartup.addListener(openOnPress);
openOnPress();
