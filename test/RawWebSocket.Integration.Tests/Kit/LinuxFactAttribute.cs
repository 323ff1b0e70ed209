namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>A test of what only Linux tells: how much of what was sent the peer has not taken.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public const string Why = "Only Linux tells how much of what was sent the peer has not taken.";

    // Never on CI, which is Linux.
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : Why;
}

/// <summary>As <see cref="LinuxFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : LinuxFactAttribute.Why;
}
