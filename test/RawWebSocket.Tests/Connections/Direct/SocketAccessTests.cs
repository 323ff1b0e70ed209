using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using RawWebSocket.Connections.Direct;
using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Direct;

public class SocketAccessTests
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

    // A version of the framework in which this fails still works, but sends through Kestrel's queue only.
    [Fact]
    public async Task The_socket_of_a_plain_connection_is_found() =>
        (await FindsSocketAsync(_ => { })).ShouldBe(OperatingSystem.IsLinux());

    [Fact]
    public async Task A_middleware_that_only_looks_on_does_not_matter() =>
        (await FindsSocketAsync(listen => listen.Use(next => next))).ShouldBe(OperatingSystem.IsLinux());

    [Fact]
    public async Task Behind_a_transport_that_a_middleware_has_put_in_front_it_is_not_found()
    {
        (await FindsSocketAsync(listen => listen.UseConnectionLogging())).ShouldBeFalse();
        (await FindsSocketAsync(listen => listen.Use(next => connection => RelayAsync(next, connection)))).ShouldBeFalse();
    }

    [Fact]
    public async Task Where_it_is_not_wanted_it_is_not_looked_for() =>
        (await FindsSocketAsync(_ => { }, sockets: null)).ShouldBeFalse();

    [Fact]
    public async Task A_framework_with_other_pipes_is_told_of_once_and_no_socket_is_found()
    {
        var told = 0;
        var sockets = new SocketAccess(() => told++, isReadable: _ => false);
        (await FindsSocketAsync(_ => { }, sockets)).ShouldBeFalse();
        (await FindsSocketAsync(_ => { }, sockets)).ShouldBeFalse();
        told.ShouldBe(1);
    }

    private static Task<bool> FindsSocketAsync(Action<ListenOptions> configure) =>
        FindsSocketAsync(configure, SocketAccess.TryCreate(() => throw new InvalidOperationException("The framework is the one this was made for.")));

    private static async Task<bool> FindsSocketAsync(Action<ListenOptions> configure, SocketAccess? sockets)
    {
        var found = new TaskCompletionSource<bool>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, configure));
        await using var app = builder.Build();
        app.Run(async context =>
        {
            try
            {
                var upgraded = await Transport.UpgradeAsync(context, sockets);
                found.TrySetResult(upgraded.Output is DirectWriter);
            }
            catch (Exception exception)
            {
                found.TrySetException(exception);
            }
        });
        await app.StartAsync();
        using var client = new TcpClient("127.0.0.1", new Uri(app.Urls.First()).Port);
        await client.GetStream().WriteAsync(Request);
        return await found.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    // A transport of the same kind as Kestrel's own: what is written to it has yet to be passed on.
    private static async Task RelayAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var (own, toOwn) = (connection.Transport, new Pipe());
        connection.Transport = new Duplex(own.Input, toOwn.Writer);
        var relaying = toOwn.Reader.CopyToAsync(own.Output);
        await next(connection);
        await toOwn.Writer.CompleteAsync();
        await relaying;
        connection.Transport = own;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
