"""Xplenty's objects in version 1 and version 2, and the few clusters and packages the account has."""
import time

from .xplenty_life import OVER, progress


def stamp(at):
    return None if at is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def cluster(id, name, status, kind="production", nodes=2, **more):
    return {"id": id, "name": name, "description": None, "status": status, "owner_id": 12, "plan_id": None, "nodes": nodes,
            "type": kind, "created_at": "2026-10-01T07:00:00Z", "updated_at": "2026-10-01T07:12:00Z",
            "available_since": "2026-10-01T07:12:00Z" if status in ("available", "idle") else None, "terminated_at": None,
            "launched_at": "2026-10-01T07:01:00Z", "terminate_on_idle": False, "time_to_idle": 3600,
            "terminated_on_idle": False, "running_jobs_count": 0, **more}


CLUSTERS = [cluster(52, "nightly", "available", nodes=3), cluster(53, "sandbox", "idle", "sandbox", 1),
            cluster(54, "coming-up", "creating"), cluster(55, "broken", "error", nodes=0),
            cluster(56, "gone", "terminated", terminated_at="2026-10-02T07:00:00Z")]


def package(id, name, description="", **variables):
    return {"id": id, "name": name, "description": description, "variables": variables, "owner_id": 12,
            "created_at": "2026-09-01T08:00:00Z", "updated_at": "2026-09-02T08:00:00Z"}


PACKAGES = [package(88, "etl", "the nightly load", DAY="'2026-01-01'"), package(89, "run-command", COMMAND="'true'"),
            package(434, "projection"), package(435, "report", "weekly")]


class Documents:
    def __init__(self, engine):
        self.engine = engine

    def ended(self, job, now):
        return job.line.since(now) if job.line.word(now) in OVER else None

    def outputs(self, job, url, version):
        made = []
        for place, given in enumerate(job.fate.get("outputs", [])):
            id = 5000 + job.id * 10 + place
            one = {"id": id, "name": f"output{place + 1}", "records_count": 0,
                   "created_at": stamp(job.created), "updated_at": stamp(job.created),
                   "url": f"{url}/outputs/{id}", "preview_url": f"{url}/outputs/{id}/preview"}
            if version == 1:
                one["component_name"] = f"destination{place + 1}"
            else:
                one |= {"preview_type": "json", "component": {
                    "name": f"destination{place + 1}", "type": "cloud_storage_destination_component", "fields": []}}
            made.append({**one, **{k: v for k, v in given.items() if k != "preview"}})
        return made

    def job(self, job, base, account, version, now, include=()):
        word = job.line.word(now)
        started, ended = job.line.entered(now, "running"), self.ended(job, now)
        url = f"{base}/{account}/api/jobs/{job.id}"
        outputs = self.outputs(job, url, version) if started is not None else []
        r = job.request
        d = {"id": job.id, "status": "pending" if version == 1 and word == "queued" else word,
             "variables": r.get("variables") or {}, "owner_id": job.owner, "progress": progress(job, now),
             "outputs_count": len(job.fate.get("outputs", [])), "started_at": stamp(started), "completed_at": stamp(ended),
             "failed_at": stamp(ended) if word == "failed" else None, "created_at": stamp(job.created),
             "updated_at": stamp(job.line.since(now)), "cluster_id": r["cluster_id"], "package_id": r["package_id"],
             "errors": job.extra["error"] if word == "failed" else None, "url": url, "outputs": outputs,
             "runtime_in_seconds": int((ended or now) - started) if started is not None else 0}
        if version == 2:
            page = f"https://xplenty.com/{account}/jobs/{job.id}"
            d |= {"html_url": page, "log_url": url + "/log", "attempts": 0, "master_auto_retry_attempts": None,
                  "creator": {"type": "User", "id": job.owner, "display_name": "Ops",
                              "url": f"{base}/{account}/api/members/{job.owner}",
                              "html_url": f"https://xplenty.com/{account}/settings/members/{job.owner}"}}
            if "cluster" in include:
                d["cluster"] = self.cluster(r["cluster_id"], base, account, 2)
            if "package" in include:
                d["package"] = self.package(r["package_id"], base, account, 2)
            if "log_summary" in include:
                d["log_summary"] = {"id": job.id, "body": "", "error_summary": d["errors"], "openai_extract": "",
                                    "action_items": [], "created_at": stamp(ended)}
        return job.dressed(d)

    def cluster(self, id, base, account, version):
        c = next((c for c in CLUSTERS if c["id"] == id), None)
        if c is None:
            return None
        now = self.engine.clock()
        running = sum(job.request["cluster_id"] == id and job.line.word(now) == "running" for job in self.engine.jobs.values())
        c = {**c, "running_jobs_count": running, "url": f"{base}/{account}/api/clusters/{id}"}
        if version == 1:
            return c | {"status": "available" if c["status"] == "idle" else c["status"]}
        return c | {"region": "amazon-web-services::us-east-1", "zone": None, "master_instance_type": "m5.xlarge",
                    "slave_instance_type": "m5.xlarge", "master_spot_price": None, "slave_spot_price": None,
                    "master_spot_percentage": None, "slave_spot_percentage": None, "allow_fallback": True,
                    "stack": "white-everest", "idle_since": None, "bootstrap_actions": [],
                    "html_url": f"https://xplenty.com/{account}/clusters/{id}",
                    "creator": {"type": "User", "id": 12, "display_name": "Ops"}}

    def package(self, id, base, account, version, alone=False):
        p = next((p for p in PACKAGES if p["id"] == id), None)
        if p is None:
            return None
        p = {**p, "url": f"{base}/{account}/api/packages/{id}"}
        if version == 1:
            return p
        p |= {"html_url": f"https://xplenty.com/{account}/packages/{id}", "status": "active", "flow_type": "dataflow"}
        return p | ({"version": 3, "flow_version": "2.0.0", "package_version": "1.0", "item_id": id} if alone else {})
