//! A node between a reader and another node: it limits ranges as public nodes do, or changes what
//! passes.

use alloy::transports::http::reqwest::Client as HttpClient;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
};

/// Ends the connection, answers a request itself, or changes the other node's answer to it.
pub trait Conduct: Clone + Send + Sync + 'static {
    /// Whether to end the connection without an answer.
    fn hang_up(&self, _request: &Value) -> bool {
        false
    }

    /// The error to answer with.
    fn refuse(&self, _request: &Value) -> Option<Value> {
        None
    }

    /// Changes what the other node is asked.
    fn rewrite(&self, _request: &mut Value) {}

    fn change(&self, _request: &Value, _result: &mut Value) {}
}

/// Starts one in front of `node`; returns its address.
pub async fn start(node: String, conduct: impl Conduct) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (node, conduct) = (node.clone(), conduct.clone());
            tokio::spawn(async move { serve(stream, &node, &conduct).await });
        }
    });
    address
}

async fn serve(stream: TcpStream, node: &str, conduct: &impl Conduct) {
    let mut stream = BufStream::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let request: Value = serde_json::from_slice(&body).unwrap();
    if conduct.hang_up(&request) {
        return;
    }
    let answer = match conduct.refuse(&request) {
        Some(error) => json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }),
        None => {
            let mut asked = request.clone();
            conduct.rewrite(&mut asked);
            let body = asked.to_string();
            let sent = HttpClient::new().post(node).header("content-type", "application/json").body(body).send().await;
            let mut answer: Value = serde_json::from_slice(&sent.unwrap().bytes().await.unwrap()).unwrap();
            conduct.change(&request, &mut answer["result"]);
            answer
        }
    };
    let text = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}
