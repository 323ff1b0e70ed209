using FsCheck.Fluent;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Tests.Properties;

public class MaskingProperties
{
    private static readonly FsCheck.Gen<(byte[] Bytes, uint Key, int Cut)> Payloads =
        from bytes in Property.Bytes(most: 200)
        from key in Gen.Choose(int.MinValue, int.MaxValue)
        from cut in Gen.Choose(0, bytes.Length)
        select (bytes, (uint)key, cut);

    [Fact]
    public void Masking_twice_changes_nothing() => Property.ForAll(Payloads, static payload =>
    {
        var masked = payload.Bytes.ToArray();
        Masking.Apply(masked, payload.Key);
        Masking.Apply(masked, payload.Key);
        return masked.AsSpan().SequenceEqual(payload.Bytes);
    });

    [Fact]
    public void It_does_not_matter_where_a_payload_is_cut() => Property.ForAll(Payloads, static payload =>
    {
        var (whole, parts) = (payload.Bytes.ToArray(), payload.Bytes.ToArray());
        var keyAfter = Masking.Apply(whole, payload.Key);
        var keyBetween = Masking.Apply(parts.AsSpan(0, payload.Cut), payload.Key);
        return Masking.Apply(parts.AsSpan(payload.Cut), keyBetween) == keyAfter && parts.AsSpan().SequenceEqual(whole);
    });

    [Fact]
    public void Octet_i_meets_octet_i_mod_4_of_the_key() => Property.ForAll(Payloads, static payload =>
    {
        var masked = payload.Bytes.ToArray();
        Masking.Apply(masked, payload.Key);
        var key = BitConverter.GetBytes(payload.Key);
        return Enumerable.Range(0, masked.Length).All(i => masked[i] == (payload.Bytes[i] ^ key[i % 4]));
    });
}
