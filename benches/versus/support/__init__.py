"""What the workloads share: processes and their costs, databases, pairs of measurements, reports."""
