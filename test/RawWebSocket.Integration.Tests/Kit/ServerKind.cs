using System.Reflection;
using Xunit.Sdk;

namespace RawWebSocket.Integration.Tests.Kit;

public enum ServerKind
{
    InMemory,
    Kestrel,
    KestrelWithTls,

    /// <summary>HTTP/2 without TLS, for clients that know it beforehand.</summary>
    KestrelWithHttp2,
}

/// <summary>Runs a theory in memory and over a socket: for what the transport might change.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InMemoryAndOverKestrelAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[ServerKind.InMemory], [ServerKind.Kestrel]];
}
