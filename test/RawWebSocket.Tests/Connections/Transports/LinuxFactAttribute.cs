namespace RawWebSocket.Tests.Connections.Transports;

/// <summary>A test of what only Linux tells, of a socket or of a thread. On other systems the library does without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public const string Why = "Only Linux tells so much of a socket or of a thread.";

    // Never on CI, which is Linux.
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : Why;
}
