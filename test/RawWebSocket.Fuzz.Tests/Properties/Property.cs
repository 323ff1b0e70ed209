using FsCheck;
using FsCheck.Fluent;

namespace RawWebSocket.Fuzz.Tests.Properties;

/// <summary>A property that holds for all values, tried with some hundred that are the same in every run.</summary>
internal static class Property
{
    private const int Values = 500;
    private const ulong Seed = 6455;
    private const ulong Gamma = 13;

    private static readonly Config Always =
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Values).WithReplay(Seed, Gamma);

    public static void ForAll<T>(Gen<T> values, Func<T, bool> holds) => Prop.ForAll(values.ToArbitrary(), holds).Check(Always);

    /// <summary>Bytes, up to so many.</summary>
    public static Gen<byte[]> Bytes(int most) =>
        from length in Gen.Choose(0, most)
        from bytes in Gen.Choose(0, byte.MaxValue).Select(static b => (byte)b).ArrayOf(length)
        select bytes;
}
