using System.Reflection;
using Xunit.Sdk;

namespace RawWebSocket.Testing.Tests;

public enum ServerKind
{
    InMemory,
    Kestrel,
    KestrelWithTls,
}

/// <summary>Runs a theory once on each kind of server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEveryServerAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Enum.GetValues<ServerKind>().Select(kind => new object[] { kind });
}
