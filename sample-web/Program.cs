using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RawWebSocket;
using SampleWeb;
using SampleWeb.Chat;

var builder = WebApplication.CreateBuilder(args);

// --urls or ASPNETCORE_URLS say where to listen. Without them only this machine reaches the sample.
if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
{
    builder.WebHost.UseUrls("http://127.0.0.1:5080");

    // A page from anywhere can let a name of its own point to this machine (DNS rebinding) and would then count as the sample's own page.
    // So requests must name this machine. Whoever listens elsewhere names the hosts with --AllowedHosts, or in appsettings.json.
    builder.Configuration["AllowedHosts"] ??= "localhost;127.0.0.1;[::1]";
}

// 1. Register the services.
builder.Services.AddRawWebSockets();
builder.Services.AddSingleton<ChatRooms>();
builder.Services.TryAddSingleton(TimeProvider.System);

// Finds wwwroot from whichever directory the sample is started.
builder.WebHost.UseStaticWebAssets();

var app = builder.Build();

// The page: plain files, no build step.
app.UseDefaultFiles();
app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = AddPageHeaders });

// 2. Let requests that ask for a WebSocket through to the endpoints below.
app.UseRawWebSockets();

// 3. Map endpoints. One handler instance that all connections share:
app.MapRawWebSocket("/echo", new EchoHandler(), options => AllowTestSuites(options, WebSocketCompressionMode.Dedicated));
app.MapRawWebSocket("/echo-shared", new EchoHandler(), options => AllowTestSuites(options, WebSocketCompressionMode.Shared));

// A handler type, made anew for each connection with its constructor filled from the services:
app.MapRawWebSocket<ChatHandler>("/chat", options =>
{
    // Larger than the largest file, so that one a little too big is answered in words and not with a close.
    options.MaxMessageSize = 2 * ChatLimits.FileBytes;

    // A member who reads slowly may have eight files waiting before the connection is dropped.
    options.MaxQueuedBytes = 8 * ChatLimits.FileBytes;

    // What is said in a room is compressed once for all of its members.
    options.Compression.Mode = WebSocketCompressionMode.Adaptive;
});

// A delegate that owns the connection from the first message to the last:
app.MapRawWebSocket("/time", TimeEndpoint.RunAsync);
app.MapRawWebSocket("/close", CloseEndpoint.RunAsync);

app.Run();

// For test suites and load generators: 16 MiB in fragments of 64 bytes, as fast as they can, everything compressed for those who offer it.
static void AllowTestSuites(RawWebSocketOptions options, WebSocketCompressionMode compression)
{
    options.MaxMessageSize = (16 * 1024 * 1024) + 1024;
    options.MaxFragmentsPerMessage = 512 * 1024;
    options.MessageTimeout = TimeSpan.FromMinutes(5);
    options.MaxMessagesPerSecond = null;
    options.MaxBytesPerSecond = null;
    options.Compression.Mode = compression;
    options.Compression.MinimumSize = 0;
    options.Compression.MaxRatio = int.MaxValue;
}

// The page may load nothing but its own files, and the browser asks each time whether they have changed.
static void AddPageHeaders(StaticFileResponseContext file)
{
    var headers = file.Context.Response.Headers;
    headers.CacheControl = "no-cache";
    headers.ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    headers.XContentTypeOptions = "nosniff";
    headers["Referrer-Policy"] = "no-referrer";
}
