from odoo import fields, models

#: Names of others that are told.
MOST_HOSTS = 5
#: Of so many pages it may be told from how many networks they were opened.
FEW_PAGES = 50


class TelephonyTrackingSite(models.Model):
    """Whether a site has numbers enough, and visits that come from its own pages."""

    _name = "telephony.tracking.site"
    _inherit = ["telephony.tracking.site", "telephony.health.mixin"]

    def _health_words(self):
        return self.env._("Visits today: %s.", self._visits_today())

    def _health_findings(self):
        findings = [
            *super()._health_findings(),
            self._finding_of_pools(),
            *(self._finding_of_size(pool) for pool in self.pool_ids),
            self._finding_of_visits(),
            self._finding_of_others(),
            self._finding_of_networks(),
            self._finding_of_one_network(),
            *map(self._finding_of_limit, self._counted_today("limit")),
        ]
        return [finding for finding in findings if finding]

    def _finding_of_pools(self):
        if self.pool_ids.did_ids:
            return None
        return self._finding(
            "warning",
            "no_pool",
            self.env._(
                "No visitor is shown a number of their own: make a pool, and put "
                "numbers into it."
            ),
            "action_open_pools",
            self.env._("Open the pools"),
        )

    def _finding_of_size(self, pool):
        share = pool.refused_share
        if not share and not (pool.is_too_small and pool.did_ids):
            return None
        name = pool.stands_for_id.display_name
        if not share:
            words = self.env._("The pool for %s is smaller than it should be.", name)
        else:
            words = self.env._(
                "The pool for %(name)s was empty for %(share)s %% of today's visitors, "
                "who saw the static number.",
                name=name,
                share=_percent(share),
            )
        return self._finding(
            "warning",
            f"dry_{pool.id}",
            f"{words} {pool.reckoning}",
            "action_open_pools",
            self.env._("Open the pools"),
        )

    def _finding_of_visits(self):
        visits = self.env["telephony.tracking.visit"].sudo()
        if visits.search_count([("site_id", "=", self.id)], limit=1):
            return None
        return self._finding(
            "warning",
            "no_visit",
            self.env._(
                "No visit yet. Put the line below into the head of every page, then "
                "open one of them."
            ),
        )

    def _finding_of_others(self):
        """Say that pages elsewhere use the site's line; they get no numbers of ours."""
        counted = self._counted_today("foreign")
        if not counted:
            return None
        return self._finding(
            "info",
            "foreign",
            self.env._(
                "Pages of other sites asked for numbers today, %(times)s times, and "
                "were shown none: %(hosts)s. If one is yours, add it to the domains. "
                "Who means harm can name any site: only the limits below stop that.",
                times=sum(counted.mapped("in_day")),
                hosts=", ".join(counted[:MOST_HOSTS].mapped("name"))
                + (" …" if counted[MOST_HOSTS:] else ""),
            ),
        )

    def _finding_of_networks(self):
        """Say that a limit against abuse was reached: it may be an office of many."""
        most = self.numbers_per_network
        networks = self._counted_today("network").filtered(
            lambda network: len(set(network.shown or ())) >= most
        )
        if not networks:
            return None
        return self._finding(
            "info",
            "network",
            self.env._(
                "Networks that have seen %(most)s different numbers today and are "
                "shown no more: %(count)s. That may be an office of many, or somebody "
                "who collects your numbers. The limit is below.",
                most=most,
                count=len(networks),
            ),
        )

    def _finding_of_one_network(self):
        """Say that most visitors seem to be one: a server stands between, unnamed."""
        pages = self._visits_today()
        [most] = self._counted_today("network")[:1].mapped("in_day") or [0]
        if pages < FEW_PAGES or most <= pages / 2:
            return None
        return self._finding(
            "warning",
            "one_network",
            self.env._(
                "%(share)s %% of the pages of today were opened from one network, so "
                "few of their visitors are shown numbers of their own. Unless all of "
                "them are in one place, they seem to come from the address of a server "
                "in between: Odoo must be told of its proxy (proxy_mode), and the "
                "proxy of a web server that passes visitors on to it "
                "(set_real_ip_from in nginx, see README, “In production”).",
                share=_percent(most / pages),
            ),
        )

    def _finding_of_limit(self, limit):
        """Say how often a limit of a minute was reached: honest visitors suffer too.

        :param limit: what was counted of ``site``, ``network`` or ``pool``
        """
        level = "warning"
        if limit.name == "pool":
            level = "info"
            words = self.env._(
                "Minutes of today in which visitors saw the static number since their "
                "network had its part of a pool: %(minutes)s. It may be somebody who "
                "wants to empty the pool, or a browser that keeps nothing and takes "
                "another number with each page. If it is an office of many, or a "
                "mobile operator whose customers share few addresses, raise the part "
                "below (now %(share)s %%).",
                minutes=limit.in_day,
                share=self.network_share,
            )
        elif limit.name == "site":
            words = self.env._(
                "Minutes of today in which more pages were opened than the site takes "
                "in one: %s. What came beyond saw the static number and was not "
                "counted. If so many visitors are honest, such as after an e-mail to "
                "all customers, raise the limit below.",
                limit.in_day,
            )
        else:
            words = self.env._(
                "Minutes of today in which a network opened more pages than it may: "
                "%s. What came beyond saw the static number and was not counted. It is "
                "somebody who means harm; or all visitors seem to come from the "
                "address of your proxy, of which Odoo must be told (proxy_mode).",
                limit.in_day,
            )
        return self._finding(level, f"limit_{limit.name}", words)

    def _visits_today(self):
        return sum(self._counted_today("site").mapped("in_day"))

    def _counted_today(self, kind):
        counted = self.env["telephony.tracking.quota"].sudo()
        today = fields.Date.today()  # counted by days of UTC, as networks are
        return counted.search(
            [("site_id", "=", self.id), ("day", "=", today), ("kind", "=", kind)],
            order="in_day desc, name",
        )

    def action_open_pools(self):
        """Show the pools of the site."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_crm_tracking.action_telephony_tracking_pool"
        )
        return {
            **action,
            "domain": [("site_id", "=", self.id)],
            "context": {"default_site_id": self.id},
        }


def _percent(share):
    """Return a share in percent, with two digits where it is small."""
    return f"{100 * share:.0f}" if share >= 0.1 else f"{100 * share:.2g}"
