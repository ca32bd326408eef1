"""The words of the reference's tables of phases (§1) and node phases (§2), row by row, for each front."""

# What each platform's fates are in the hub's words: the job's phase, and that of its nodes (None: the platform has none).
HUB = {
    "pushy": {"succeeds": ("succeeded", "succeeded"), "fails": ("failed", "failed"), "server crashes": ("crashed", "lost"),
              "crashes": ("crashed", "lost"), "rejected": ("rejected", "refused"), "expires": ("expired", "expired")},
    "orchestrator": {"succeeds": ("succeeded", "succeeded"), "fails": ("failed", "failed"), "crashes": ("crashed", "lost"),
                     "rejected": ("rejected", "unreachable")},
    "xplenty": {"succeeds": ("succeeded", None), "fails": ("failed", None), "queued": ("succeeded", None),
                "rejected": ("rejected", None)},
    "runner": {"succeeds": ("succeeded", "succeeded"), "fails": ("failed", "failed"),
               "rejected": ("rejected", "unreachable"), "expires": ("expired", "expired")},
}

JOB = {  # §1
    "pushy documented-2": {"succeeded": "complete", "failed": "complete", "crashed": "aborted", "expired": "timed_out",
                           "rejected": "quorum_failed", "stopped": "aborted"},
    "pushy server-2": {"succeeded": "complete", "failed": "complete", "crashed": "crashed", "expired": "timed_out",
                       "rejected": "quorum_failed", "stopped": "aborted"},
    "orchestrator": {"succeeded": "finished", "failed": "failed", "crashed": "failed", "expired": "failed",
                     "rejected": "failed", "stopped": "stopped"},
    "xplenty v1": {"succeeded": "completed", "failed": "failed", "crashed": "failed", "expired": "failed",
                   "rejected": "failed", "stopped": "stopped"},
    "xplenty v2": {"succeeded": "completed", "failed": "failed", "crashed": "failed", "expired": "failed",
                   "rejected": "failed", "stopped": "stopped"},
    "canonical": {"succeeded": "succeeded", "failed": "failed", "crashed": "crashed", "expired": "expired",
                  "rejected": "rejected", "stopped": "stopped"},
}

NODE = {  # §2
    "pushy documented-2": {"succeeded": "complete", "failed": "crashed", "lost": "crashed", "unreachable": "unavailable",
                           "refused": "nacked", "expired": "aborted"},
    "pushy server-2": {"succeeded": "succeeded", "failed": "failed", "lost": "crashed", "unreachable": "unavailable",
                       "refused": "nacked", "expired": "timed_out"},
    "orchestrator": {"succeeded": "finished", "failed": "failed", "lost": "errored", "unreachable": "errored",
                     "refused": "skipped", "expired": "errored"},
    "canonical": {"succeeded": "succeeded", "failed": "failed", "lost": "lost", "unreachable": "unreachable",
                  "refused": "refused", "expired": "expired"},
}
