using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class OptionKeyTests
{
    public static TheoryData<string> Values { get; } =
        [.. OptionKey.All.Where(key => !key.IsCode && !key.IsSection && !key.IsList).Select(key => key.FullName)];

    [Fact]
    public void Only_functions_and_limiters_have_to_be_set_in_code() =>
        OptionKey.All.Where(key => key.IsCode).Select(key => key.FullName)
            .ShouldBe(["ByteRateLimiter", "IsOriginAllowed", "MessageRateLimiter", "UserIdentifier"]);

    [Fact]
    public void Every_section_has_keys()
    {
        var sections = OptionKey.All.Where(key => key.IsSection).Select(key => key.Name).ToList();
        sections.ShouldBe(["Compression", "Server"]);
        sections.ShouldAllBe(section => OptionKey.All.Any(key => key.Section == section));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_default_can_be_read_again_and_nonsense_comes_with_its_remedy(string option)
    {
        var key = OptionKey.All.Single(key => key.FullName == option);
        if (key.Default is { } value)
        {
            key.Remedy(FormattableString.Invariant($"{value}")).ShouldBeNull();
        }

        key.Remedy("nonsense").ShouldNotBeNull().ShouldContain("et it to ");
        key.Remedy("").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "ABC", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("MaxMesageSize", "MaxMessageSize", 1)]
    public void The_distance_of_two_names_counts_their_differences(string first, string second, int distance) =>
        Spelling.Distance(first, second).ShouldBe(distance);
}
