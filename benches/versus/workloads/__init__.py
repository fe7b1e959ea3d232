"""The workloads, by the name under which they are started. Each module has:

    arguments(parser)   adds the workload's own options
    measure(options)    runs it; a list of support.pairs.Row
"""

from workloads import assets, daemons, jobs, webserver

ALL = {"webserver": webserver, "daemons": daemons, "assets": assets, "jobs": jobs}
