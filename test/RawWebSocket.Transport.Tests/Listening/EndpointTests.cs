using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Transport.Tests.Listening;

public sealed class EndpointTests : IAsyncLifetime
{
    private Server _server = null!;

    private IConnectionListenerFactory Factory => _server.App.Services.GetServices<IConnectionListenerFactory>().Last();

    public async Task InitializeAsync() => _server = await Server.StartAsync(TransportKind.Epoll, _ => Task.CompletedTask);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_port_of_0_is_one_that_the_system_chooses()
    {
        await using var listener = await Factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));

        ((IPEndPoint)listener.EndPoint).Port.ShouldBeGreaterThan(0);
        await ShouldAcceptAsync(listener, listener.EndPoint);
    }

    [Fact]
    public async Task An_address_of_IPv6_takes_IPv6()
    {
        await using var listener = await Factory.BindAsync(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        await ShouldAcceptAsync(listener, listener.EndPoint);
    }

    [Fact]
    public async Task An_address_that_is_in_use_says_so()
    {
        await using var listener = await Factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));

        await Should.ThrowAsync<AddressInUseException>(() => Factory.BindAsync(listener.EndPoint).AsTask());
    }

    [Fact]
    public async Task An_address_that_the_machine_does_not_have_is_refused()
    {
        var exception = await Should.ThrowAsync<SocketException>(() =>
            Factory.BindAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)).AsTask());

        exception.SocketErrorCode.ShouldBe(SocketError.AddressNotAvailable);
    }

    [Fact]
    public async Task A_wait_for_a_connection_ends_with_the_unbinding_and_the_port_is_free()
    {
        var listener = await Factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var accept = listener.AcceptAsync();
        accept.IsCompleted.ShouldBeFalse();

        await listener.UnbindAsync().Within();
        await listener.UnbindAsync().Within();

        (await accept.Within()).ShouldBeNull();
        (await listener.AcceptAsync().Within()).ShouldBeNull();
        await using var next = await Factory.BindAsync(listener.EndPoint);
        await listener.DisposeAsync().Within();
        await listener.DisposeAsync().Within();
    }

    [Fact]
    public async Task A_wait_for_a_connection_can_be_cancelled()
    {
        await using var listener = await Factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        using var source = new CancellationTokenSource();
        var accept = listener.AcceptAsync(source.Token);

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => accept.Within());
        await ShouldAcceptAsync(listener, listener.EndPoint);
    }

    [Fact]
    public async Task A_port_can_be_bound_again_at_once_after_connections_to_it()
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 0) as EndPoint;
        for (var i = 0; i < 5; i++)
        {
            await using var listener = await Factory.BindAsync(endPoint);
            endPoint = listener.EndPoint;
            await ShouldAcceptAsync(listener, endPoint);
        }
    }

    [Fact]
    public async Task A_Unix_socket_may_have_a_name_without_a_file()
    {
        await using var listener = await Factory.BindAsync(new UnixDomainSocketEndPoint($"\0{Guid.NewGuid()}"));

        await ShouldAcceptAsync(listener, listener.EndPoint);
    }

    [Fact]
    public void Only_addresses_and_Unix_sockets_are_bound()
    {
        var selector = (IConnectionListenerFactorySelector)Factory;

        selector.CanBind(new IPEndPoint(IPAddress.Loopback, 0)).ShouldBeTrue();
        selector.CanBind(new UnixDomainSocketEndPoint("/none")).ShouldBeTrue();
        selector.CanBind(new FileHandleEndPoint(3, FileHandleType.Auto)).ShouldBeFalse();
        selector.CanBind(new DnsEndPoint("localhost", 80)).ShouldBeFalse();
        selector.CanBind(new UriEndPoint(new Uri("http://localhost"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Kestrels_sockets_take_what_was_opened_by_somebody_else()
    {
        using var opened = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        opened.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        opened.Listen();
        await using var server = await Server.StartAsync(
            TransportKind.Epoll,
            app => app.Run(context => context.Response.WriteAsync("handed over")),
            options => options.ListenHandle((ulong)opened.Handle),
            listens: false);
        using var client = await RawClient.ConnectAsync(opened.LocalEndPoint!);

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        (await client.ReadToEndAsync()).ShouldEndWith("handed over");
    }

    private static async Task ShouldAcceptAsync(IConnectionListener listener, EndPoint endPoint)
    {
        using var client = await RawClient.ConnectAsync(endPoint);
        await using var connection = (await listener.AcceptAsync().Within())!;
        await client.SendAsync("hello");
        (await connection.Transport.Input.ReadAtLeastAsync(5).Within()).Buffer.Length.ShouldBe(5);
        connection.LocalEndPoint.ShouldBe(endPoint);
    }
}
