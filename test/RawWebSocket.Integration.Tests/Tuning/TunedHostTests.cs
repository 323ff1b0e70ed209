using Microsoft.AspNetCore.Hosting;

namespace RawWebSocket.Integration.Tests.Tuning;

public class TunedHostTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tuned_host_sends_messages_of_every_size_back(bool waitsForData)
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            services: builder => builder.WebHost.TuneForRawWebSockets(options =>
            {
                // The switch is the whole process's, and so every other test's.
                options.InlineCompletions = false;
                options.WaitForDataBeforeAllocatingBuffer = waitsForData;
            }),
            kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync();
        foreach (var length in (int[])[0, 1, 4096, 65_535, 65_536, 200_000])
        {
            var text = new string((char)('a' + (length % 26)), length);
            await socket.SendTextAsync(text);
            await socket.ExpectTextAsync(text);
        }

        await socket.CloseAsync();
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Inline_completions_that_come_too_late_are_told_of()
    {
        // Afterwards this process has used sockets.
        await using (var first = TestApp.With(ScriptedHandler.Echo(), kind: ServerKind.Kestrel))
        {
            await using var socket = await first.ConnectAsync();
            await socket.CloseAsync();
        }

        await using var app = TestApp.With(
            ScriptedHandler.Echo(), services: builder => builder.WebHost.TuneForRawWebSockets(), kind: ServerKind.Kestrel);
        await using var other = await app.ConnectAsync();
        var warnings = app.Log.Entries.Where(entry => entry.IsOurs && entry.EventId == 23).ToList();
        warnings.Count.ShouldBe(OperatingSystem.IsLinux() ? 1 : 0);
    }
}
