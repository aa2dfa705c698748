"use strict";
/* What the visitor agreed to, by Google's consent mode, as most banners tell it. */
window.dataLayer = window.dataLayer || [];
window.gtag = function () {
    dataLayer.push(arguments);
};

function told(isGranted) {
    const said = isGranted ? "granted" : "denied";
    return { analytics_storage: said, ad_storage: said, ad_user_data: said, ad_personalization: said };
}

/** What was chosen on an earlier page: "yes", "no", or nothing yet. */
function chosen() {
    return (/\bshop_consent=(yes|no)/.exec(document.cookie) || [])[1];
}

gtag("consent", "default", told(false));
if (chosen()) {
    gtag("consent", "update", told(chosen() === "yes"));
}
