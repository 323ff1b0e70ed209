using System.Reflection;
using Xunit.Sdk;

namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>Runs a theory on Kestrel's own sockets and on ours: what it says has to be true of both.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllTransportsAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        [[TransportKind.Sockets], [TransportKind.Epoll], [TransportKind.EpollInline]];
}

/// <summary>Runs a theory on ours, both ways.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OurTransportAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[TransportKind.Epoll], [TransportKind.EpollInline]];
}
