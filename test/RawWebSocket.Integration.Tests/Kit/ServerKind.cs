using System.Reflection;
using Xunit.Sdk;

namespace RawWebSocket.Integration.Tests.Kit;

public enum ServerKind
{
    InMemory,
    Kestrel,
    KestrelWithTls,
}

/// <summary>Runs a theory in memory and over a socket: for what the transport might change.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InMemoryAndOverKestrelAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[ServerKind.InMemory], [ServerKind.Kestrel]];
}
