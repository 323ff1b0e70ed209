using System.Runtime.InteropServices;

namespace RawWebSocket.Transport.Native;

/// <summary>How many descriptors the process may have; it can change at any time.</summary>
internal static unsafe class DescriptorLimit
{
    private const int OpenFiles = 7;

    public static ulong Current
    {
        get
        {
            Limits limits;
            return Libc.GetLimits(OpenFiles, &limits) < 0 ? ulong.MaxValue : limits.Soft;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
