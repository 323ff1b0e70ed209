namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 7.4, with the codes that IANA has registered since (section 11.7).</summary>
public abstract class Section_7_4_Status_codes(ConformanceServer server) : Conformance(server)
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(1010)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4999)]
    public async Task A_code_that_may_be_sent_is_answered_with_itself(int code)
    {
        await ClosesAsync(Wire.Close(code), TestFrame.Close(code));
        await HoweverCutAsync(Endpoints.Echo, Wire.Close(code, "why"u8), socket => socket.ExpectFailureAsync(code));
    }

    // Section 7.4.2: "Status codes in the range 0-999 are not used." Section 7.4.1: 1004 is reserved; 1005, 1006 and 1015 "MUST NOT be
    // set as a status code in a Close control frame". The rest of 1000-2999 is for the protocol's own future, and above 4999 is nothing.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(1100)]
    [InlineData(2000)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public async Task A_code_that_must_not_be_sent_fails(int code)
    {
        await FailsAsync(1002, Wire.Close(code));
        await FailsAsync(1002, Wire.Close(code, "why"u8));
    }

    public sealed class InMemory(MemoryServer server) : Section_7_4_Status_codes(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_7_4_Status_codes(server), IClassFixture<KestrelServer>;
}
