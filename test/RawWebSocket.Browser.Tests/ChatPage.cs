using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RawWebSocket.Browser.Tests;

/// <summary>One tab of the sample's chat, in the words of somebody who uses it.</summary>
public sealed class ChatPage(IPage page)
{
    private readonly List<string> _errors = [];

    public IPage Page => page;

    /// <summary>What went wrong in the page's scripts, which must be nothing.</summary>
    public IReadOnlyList<string> ScriptErrors => _errors;

    public static async Task<ChatPage> OpenAsync(IBrowserContext context, Uri address)
    {
        var chat = new ChatPage(await context.NewPageAsync());
        chat.Page.PageError += (_, error) => chat._errors.Add(error);
        await chat.Page.GotoAsync(address.ToString());
        return chat;
    }

    public async Task JoinAsync(string name, string room)
    {
        await page.GetByTestId("name-input").FillAsync(name);
        await page.GetByTestId("room-input").FillAsync(room);
        await page.GetByTestId("join-button").ClickAsync();
        await ExpectStateAsync("open");
    }

    public async Task SayAsync(string text)
    {
        await page.GetByTestId("message-input").FillAsync(text);
        await page.GetByTestId("message-input").PressAsync("Enter");
    }

    public Task SendFileAsync(string name, string type, byte[] content) =>
        page.GetByTestId("file-input").SetInputFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = content });

    public Task ExpectMessageAsync(string text) =>
        Expect(page.GetByTestId("message").Filter(new() { HasText = text })).ToHaveCountAsync(1);

    public Task ExpectMemberAsync(string name) => Expect(page.GetByTestId("members")).ToContainTextAsync(name);

    public Task ExpectStateAsync(string state) =>
        Expect(page.GetByTestId("state")).ToHaveAttributeAsync("data-state", state, new() { Timeout = 20_000 });

    /// <summary>Keeps a picture of the tab among the test's artifacts.</summary>
    public Task TakeScreenshotAsync(string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", name + ".png") });
}
