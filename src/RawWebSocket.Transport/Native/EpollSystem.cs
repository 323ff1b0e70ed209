using System.Runtime.InteropServices;

namespace RawWebSocket.Transport.Native;

/// <summary>Where the transport runs. Its constants and structures are those of Linux on 64-bit little-endian processors.</summary>
internal static class EpollSystem
{
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is (Architecture.X64 or Architecture.Arm64);
}
