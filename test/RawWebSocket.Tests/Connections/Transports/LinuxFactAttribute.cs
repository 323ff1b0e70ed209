namespace RawWebSocket.Tests.Connections.Transports;

/// <summary>A test of what only Linux has: the system call that direct sends are made of. Other systems never get to that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public const string Why = "Linux alone tells of a reset behind bytes that nobody has read.";

    // Never on CI, which is Linux.
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : Why;
}
