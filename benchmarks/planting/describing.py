"""Objects of a cluster as `kubectl describe` prints them."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.planting.kube import Cluster, Workload
from benchmarks.planting.printing import age, columns


def pod(cluster: Cluster, item: Workload) -> str:
    """Print one pod."""
    start = (cluster.now - timedelta(seconds=cluster.age)).strftime("%a, %d %b %Y %H:%M:%S +0800")
    env = "\n".join(f"      {key}:  {value}" for key, value in item.env.items())
    scheduled = item.host != "<none>"
    return f"""Name:             {item.pod}
Namespace:        {cluster.namespace}
Priority:         0
Service Account:  {item.name}
Node:             {item.host + "/192.168.0.11" if scheduled else "<none>"}
{f"Start Time:       {start}" if scheduled else ""}
Labels:           app={item.name}
Annotations:      <none>
Status:           {"Pending" if item.status in {"Pending", "ContainerCreating", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError"} else "Running"}
IP:               {item.ip}
Controlled By:    ReplicaSet/{cluster.set_of(item)}
Containers:
  server:
    Image:          {item.image}
    Port:           {item.port}/TCP
    State:          {item.state}
{item.last}    Ready:          {item.ready}
    Restart Count:  {item.restarts}
    Limits:
      cpu:     {item.cpu}
      memory:  {item.memory}
    Requests:
      cpu:      {item.cpu_request}
      memory:   {item.memory_request}
    Liveness:   {item.liveness}
    Readiness:  {item.readiness}
    Environment:
{env}
    Mounts:{item.mounts or " <none>"}
Conditions:
  Type              Status
  Initialized       True
  Ready             {item.ready}
  ContainersReady   {item.ready}
  PodScheduled      {scheduled}
Volumes:{item.claim or " <none>"}
QoS Class:                   Burstable
Node-Selectors:              {item.node_selector}
Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
Events:{_events_of(cluster, item.pod)}
""".replace("\n\n", "\n")


def deployment(cluster: Cluster, item: Workload) -> str:
    """Print one deployment."""
    env = "\n".join(f"      {key}:  {value}" for key, value in item.env.items())
    return f"""Name:                   {item.name}
Namespace:              {cluster.namespace}
Selector:               app={item.name}
Replicas:               {item.replicas} desired | {item.pods} updated | {item.pods} total | {item.available} available | {max(0, item.replicas - item.available)} unavailable
StrategyType:           RollingUpdate
Pod Template:
  Labels:           app={item.name}
  Service Account:  {item.name}
  Containers:
   server:
    Image:      {item.image}
    Port:       {item.port}/TCP
    Limits:
      cpu:     {item.cpu}
      memory:  {item.memory}
    Requests:
      cpu:      {item.cpu_request}
      memory:   {item.memory_request}
    Liveness:   {item.liveness}
    Readiness:  {item.readiness}
    Environment:
{env}
    Mounts:{item.mounts or " <none>"}
  Volumes:{item.claim or " <none>"}
  Node-Selectors:  {item.node_selector}
{item.dns}Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      {item.available >= item.replicas}   {"MinimumReplicasAvailable" if item.available >= item.replicas else "MinimumReplicasUnavailable"}
{item.conditions}OldReplicaSets:  <none>
NewReplicaSet:   {cluster.set_of(item)} ({item.pods}/{item.replicas} replicas created)
Events:{_events_of(cluster, item.name)}
"""


def service(cluster: Cluster, item: Workload) -> str:
    """Print the service of a workload."""
    return f"""Name:                     {item.name}
Namespace:                {cluster.namespace}
Labels:                   app={item.name}
Annotations:              <none>
Selector:                 {item.selector or f"app={item.name}"}
Type:                     ClusterIP
IP:                       10.68.8.24
Port:                     main  {item.listed_port or item.port}/{item.protocol}
TargetPort:               {item.target or item.port}/{item.protocol}
Endpoints:                {cluster.addresses(item) or "<none>"}
Session Affinity:         None
Events:                   <none>
"""


def endpoints(cluster: Cluster, item: Workload) -> str:
    """Print the endpoints of a workload's service."""
    ready = cluster.addresses(item)
    waiting = (
        item.ip if item.pods and not item.available and item.endpoints is None and item.ip != "<none>" else ""
    )
    return (
        f"""Name:         {item.name}
Namespace:    {cluster.namespace}
Labels:       app={item.name}
Annotations:  <none>
Subsets:{"" if ready or waiting else "  <none>"}
"""
        + (
            f"""  Addresses:          {ready.split(":")[0] or "<none>"}
  NotReadyAddresses:  {waiting or "<none>"}
  Ports:
    Name  Port  Protocol
    ----  ----  --------
    main  {item.target or item.port}  {item.protocol}

"""
            if ready or waiting
            else ""
        )
        + "Events:  <none>\n"
    )


def node(cluster: Cluster, host: str) -> str:
    """Print one node."""
    status, reason = cluster.not_ready.get(host, ("True", "KubeletReady"))
    beat = (cluster.now - timedelta(seconds=300 if host in cluster.not_ready else 20)).strftime(
        "%a, %d %b %Y %H:%M:%S +0800"
    )
    moved = (cluster.now - timedelta(seconds=250 if host in cluster.not_ready else 9_000_000)).strftime(
        "%a, %d %b %Y %H:%M:%S +0800"
    )
    unwell = status == "Unknown"
    state = "Unknown" if unwell else "False"
    rows = "\n".join(
        f"  {kind:<16} {state:<7} {beat}   {moved}   {reason if unwell else said:<28} {'Kubelet stopped posting node status.' if unwell else 'kubelet is fine'}"
        for kind, said in (
            ("MemoryPressure", "KubeletHasSufficientMemory"),
            ("DiskPressure", "KubeletHasNoDiskPressure"),
            ("PIDPressure", "KubeletHasSufficientPID"),
        )
    )
    message = (
        "Kubelet stopped posting node status."
        if unwell
        else "kubelet is posting ready status"
        if status == "True"
        else reason
    )
    return f"""Name:               {host}
Roles:              {"master" if host == "master" else "node"}
Labels:             kubernetes.io/hostname={host}
                    kubernetes.io/os=linux
CreationTimestamp:  Mon, 11 Aug 2025 15:49:09 +0800
Taints:             {cluster.taints[host] if host != "master" else "node.kubernetes.io/unschedulable:NoSchedule"}
Unschedulable:      {str(host in cluster.unschedulable or host == "master").lower()}
Conditions:
  Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message
  ----             ------  -----------------                 ------------------                ------                       -------
{rows}
  Ready            {status:<7} {beat}   {moved}   {"NodeStatusUnknown" if unwell else "KubeletNotReady" if status == "False" else "KubeletReady":<28} {message}
Addresses:
  InternalIP:  192.168.0.11
Capacity:
  cpu:     8
  memory:  15978548Ki
  pods:    110
Allocatable:
  cpu:     8
  memory:  15671348Ki
  pods:    110
Allocated resources:
  Resource  Requests     Limits
  --------  --------     ------
  cpu       1850m (23%)  4 (50%)
  memory    2Gi (13%)    4Gi (27%)
Events:{_events_of(cluster, host)}
"""


def _events_of(cluster: Cluster, name: str) -> str:
    found = [event for event in cluster.events if event.name == name]
    if not found:
        return "              <none>"
    rows = [("Type", "Reason", "Age", "From", "Message"), ("----", "------", "----", "----", "-------")]
    for event in found:
        ago = (
            f"{age(event.ago)} (x{event.count} over {age(event.since)})"
            if event.count > 1
            else age(event.ago)
        )
        rows.append((event.type, event.reason, ago, "kubelet", event.message))
    return "\n" + "".join(f"  {line}\n" for line in columns(rows).splitlines()).rstrip("\n")
