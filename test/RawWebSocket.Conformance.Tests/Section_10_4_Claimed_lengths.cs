namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 10.4: what a peer claims costs nothing. Runs alone, since it looks at the memory of the process.</summary>
[Collection(nameof(Alone))]
public abstract class Section_10_4_Claimed_lengths(ConformanceServer server) : Conformance(server)
{
    private const int Connections = 64;
    private const long Mebibyte = 1024 * 1024;

    // A quarter of the smallest claim; an opening handshake and a failed connection need far less.
    private const long MostForEach = Mebibyte / 4;

    [Theory]
    [InlineData(Endpoints.Echo, Endpoints.StandardLimit)]
    [InlineData(Endpoints.Unlimited, Endpoints.StandardLimit)]
    [InlineData(Endpoints.Unlimited, int.MaxValue)]
    public async Task A_length_that_is_claimed_and_let_in_allocates_nothing(string path, int length)
    {
        // The byte that is not UTF-8 proves by its answer that the server has read what stands before it, and waits for the rest.
        var begun = Wire.Text([.. "the first bytes"u8, 0xFF])[6..];
        (await AllocatedByAsync(path, Wire.Join(Wire.Header(0x81, (ulong)length), begun), 1007)).ShouldBeLessThan(MostForEach);
        var inFragments = Wire.Join(Wire.FirstText([]), Wire.Header(0x80, (ulong)length), begun);
        (await AllocatedByAsync(path, inFragments, 1007)).ShouldBeLessThan(MostForEach);
    }

    [Theory]
    [InlineData(Endpoints.StandardLimit + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    public async Task A_length_that_is_too_big_allocates_nothing(long length) =>
        (await AllocatedByAsync(Endpoints.Echo, Wire.Header(0x82, (ulong)length), 1009)).ShouldBeLessThan(MostForEach);

    // For each of many connections, on both sides of it, since client and server are one process.
    private async Task<long> AllocatedByAsync(string path, byte[] sent, int code)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ForEachAsync(Enumerable.Range(0, Connections), async _ =>
        {
            await using var socket = await ConnectAsync(path);
            await socket.SendRawAsync(sent);
            await socket.ExpectFailureAsync(code);
        });

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Connections;
    }

    public sealed class InMemory(MemoryServer server) : Section_10_4_Claimed_lengths(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_10_4_Claimed_lengths(server), IClassFixture<KestrelServer>;
}
