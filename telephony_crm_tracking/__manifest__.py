# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Telephony for CRM: Call Tracking",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Which advertisement made the phone ring, what it cost and earned",
    "author": "Telephony for Odoo CRM contributors",
    "license": "LGPL-3",
    "depends": ["telephony_crm"],
    "data": [
        "security/ir.model.access.csv",
        "security/telephony_tracking_rules.xml",
        "security/telephony_tracking_call_rules.xml",
        "data/ir_cron_data.xml",
        "views/telephony_tracking_visit_views.xml",
        "views/telephony_tracking_pool_views.xml",
        "views/telephony_tracking_site_views.xml",
        "views/telephony_tracking_site_callback_views.xml",
        "views/telephony_tracking_alias_views.xml",
        "views/telephony_did_views.xml",
        "views/telephony_tracking_menus.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
