using System.Net;
using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class RemoteNetworkTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::1%1", "fe80::2%2")]
    public void These_count_together(string one, string other) => Of(one).ShouldBe(Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("192.0.2.1", "193.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("0.0.0.0", "::")]
    public void These_count_apart(string one, string other) => Of(one).ShouldNotBe(Of(other));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:127.0.0.2")]
    public void This_machine_counts_only_when_asked_for(string address)
    {
        RemoteNetwork.Of(IPAddress.Parse(address), countsLoopback: false).ShouldBeNull();
        RemoteNetwork.Of(IPAddress.Parse(address), countsLoopback: true).ShouldNotBeNull();
    }

    [Fact]
    public void No_address_does_not_count() => RemoteNetwork.Of(null, countsLoopback: true).ShouldBeNull();

    private static RemoteNetwork Of(string address) => RemoteNetwork.Of(IPAddress.Parse(address), countsLoopback: false).ShouldNotBeNull();
}
