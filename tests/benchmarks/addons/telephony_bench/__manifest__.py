# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Telephony: floor of the benchmarks",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "The least that Odoo can do, to measure the telephony against",
    "author": "Telephony for Odoo CRM contributors",
    "license": "LGPL-3",
    "depends": ["telephony_crm"],
    "data": ["security/ir.model.access.csv"],
    "assets": {"web.assets_backend": ["telephony_bench/static/src/**/*"]},
    "installable": True,
}
