using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RawWebSocket.Browser.Tests;

/// <summary>The sample's page in a real Chromium, over our own protocol.</summary>
public class ChatPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    [BrowserFact]
    public async Task Two_tabs_chat_and_send_a_file()
    {
        await using var server = SampleServer.Start();
        await using var context = await chromium.Browser.NewContextAsync();
        var ada = await ChatPage.OpenAsync(context, server.Address);
        var grace = await ChatPage.OpenAsync(context, server.Address);

        await ada.JoinAsync("Ada", "tea");
        await grace.JoinAsync("Grace", "tea");
        await ada.ExpectMemberAsync("Grace");
        await grace.ExpectMemberAsync("Ada");

        await ada.SayAsync("Grüße aus dem ersten Tab 🫖");
        await grace.ExpectMessageAsync("Grüße aus dem ersten Tab 🫖");
        await grace.SayAsync("<b>and back</b>");
        await ada.ExpectMessageAsync("<b>and back</b>");

        await grace.SendFileAsync("notes.txt", "text/plain", Encoding.UTF8.GetBytes("a file, sent as one binary message"));
        await ada.ExpectMessageAsync("notes.txt");
        (await DownloadAsync(ada, "notes.txt")).ShouldBe("a file, sent as one binary message");

        await Expect(ada.Page.GetByTestId("rtt")).ToContainTextAsync("ms");
        await ada.TakeScreenshotAsync("chat");
        ada.ScriptErrors.ShouldBeEmpty();
        grace.ScriptErrors.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task A_tab_that_loses_the_server_comes_back_by_itself()
    {
        await using var context = await chromium.Browser.NewContextAsync();
        var server = SampleServer.Start();
        var address = server.Address;
        var ada = await ChatPage.OpenAsync(context, address);
        await ada.JoinAsync("Ada", "tea");

        await server.DisposeAsync();
        await ada.ExpectStateAsync("reconnecting");
        await ada.TakeScreenshotAsync("reconnecting");

        await using var successor = SampleServer.StartAt(address.Port);
        await ada.ExpectStateAsync("open");
        await ada.SayAsync("still here");
        await ada.ExpectMessageAsync("still here");
        ada.ScriptErrors.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Rooms_are_apart_and_leaving_is_seen()
    {
        await using var server = SampleServer.Start();
        await using var context = await chromium.Browser.NewContextAsync();
        var ada = await ChatPage.OpenAsync(context, server.Address);
        var grace = await ChatPage.OpenAsync(context, server.Address);
        var alan = await ChatPage.OpenAsync(context, server.Address);
        await ada.JoinAsync("Ada", "tea");
        await alan.JoinAsync("Alan", "tea");
        await grace.JoinAsync("Grace", "coffee");

        await ada.SayAsync("only for tea");
        await alan.ExpectMessageAsync("only for tea");
        await Expect(grace.Page.GetByTestId("message").Filter(new() { HasText = "only for tea" })).ToHaveCountAsync(0);

        await alan.Page.CloseAsync();
        await Expect(ada.Page.GetByTestId("members")).Not.ToContainTextAsync("Alan");
    }

    [BrowserFact]
    public async Task The_page_works_on_a_phone_in_the_dark()
    {
        await using var server = SampleServer.Start();
        await using var context = await chromium.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            ColorScheme = ColorScheme.Dark,
            HasTouch = true,
            IsMobile = true,
        });
        var ada = await ChatPage.OpenAsync(context, server.Address);
        await ada.JoinAsync("Ada", "tea");
        await ada.SayAsync("from a phone");
        await ada.ExpectMessageAsync("from a phone");
        await ada.TakeScreenshotAsync("phone-dark");

        var overflow = await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        overflow.ShouldBe(0);
    }

    private static async Task<string> DownloadAsync(ChatPage chat, string name)
    {
        var download = await chat.Page.RunAndWaitForDownloadAsync(
            () => chat.Page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync());
    }
}
