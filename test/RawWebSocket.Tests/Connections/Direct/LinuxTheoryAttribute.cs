using RawWebSocket.Tests.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Direct;

/// <summary>As <see cref="LinuxFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : LinuxFactAttribute.Why;
}
