using System.Reflection;
using System.Runtime.InteropServices;

namespace RawWebSocket.Compression;

/// <summary>
/// The zlib of the shared framework, which the base library's own compression stands on. Only its native entry points let a window be
/// chosen and a context be forgotten or kept, as RFC 7692 section 7.1 demands of whoever agrees to it.
/// </summary>
internal static unsafe partial class NativeZlib
{
    private const string Library = "libSystem.IO.Compression.Native";
    private const string LibraryOnWindows = "System.IO.Compression.Native";

    private static bool? _isAvailable;

    static NativeZlib() => NativeLibrary.SetDllImportResolver(typeof(NativeZlib).Assembly, Resolve);

    /// <summary>
    /// Whether the entry points are there. The framework does not promise them: where they are missing, compression is not agreed to.
    /// </summary>
    public static bool IsAvailable => _isAvailable ?? Probe();

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateInit2_")]
    public static partial ZlibResult DeflateInit(ZStream* stream, int level, int method, int windowBits, int memoryLevel, int strategy);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Deflate")]
    public static partial ZlibResult Deflate(ZStream* stream, ZlibFlush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateEnd")]
    public static partial ZlibResult DeflateEnd(ZStream* stream);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    public static partial ZlibResult InflateInit(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Inflate")]
    public static partial ZlibResult Inflate(ZStream* stream, ZlibFlush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    public static partial ZlibResult InflateReset(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    public static partial ZlibResult InflateEnd(ZStream* stream);

    // By calling each of them, not by looking for exports: in a single-file program they are linked in and exported by no library.
    private static bool Probe()
    {
        try
        {
            Span<byte> deflated = stackalloc byte[16];
            Span<byte> inflated = stackalloc byte[16];
            using var deflate = new DeflateHandle(level: 1, windowBits: 15, memoryLevel: 8);
            using var inflate = new InflateHandle();
            _ = deflate.Run("zlib"u8, deflated, ZlibFlush.Sync, out _, out var length);
            inflate.Reset();
            _ = inflate.Run(deflated[..length], inflated, ZlibFlush.Sync, out _, out var written);
            _isAvailable = inflated[..written].SequenceEqual("zlib"u8);
        }
        catch (OutOfMemoryException)
        {
            // Not now, but perhaps with the next handshake.
            return false;
        }
        catch (Exception)
        {
            // Missing, or not what it was: whatever is wrong with it, connections work without compression.
            _isAvailable = false;
        }

        return _isAvailable.Value;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Library
        && OperatingSystem.IsWindows()
        && NativeLibrary.TryLoad(LibraryOnWindows, assembly, searchPath, out var library)
            ? library
            : 0;
}
