using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Observing;

/// <summary>A listener of the metrics that fails is no fault of a connection's.</summary>
public class ThrowingListenerTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Connections_open_echo_and_end_as_if_it_did_not_and_it_is_told_once(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, kind: kind);
        using var listener = Listen(app);
        await using (var socket = await app.ConnectAsync())
        {
            for (var i = 0; i < 3; i++)
            {
                await socket.SendTextAsync("fine");
                await socket.ExpectTextAsync("fine");
            }

            app.Groups.All.SendText("to all").ShouldBe(1);
            await socket.ExpectTextAsync("to all");
            await socket.CloseAsync();
        }

        (await handler.Closed).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        app.Log.Problems.ShouldHaveSingleItem().EventId.ShouldBe(27);
    }

    private static MeterListener Listen(TestApp app)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "RawWebSocket" && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("The listener fails."));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("The listener fails."));
        listener.Start();
        return listener;
    }
}
